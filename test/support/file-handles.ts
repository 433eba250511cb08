/** What all open files of Node have in common, for tests of disks and file systems that do something else. */
import { type FileHandle, open } from "node:fs/promises";
import { jest } from "@jest/globals";

/** The prototype of file handles, whose methods can be spied on. */
export async function fileHandles(): Promise<Pick<FileHandle, "datasync" | "sync">> {
  const file = await open(process.execPath);
  await file.close();
  return Object.getPrototypeOf(file);
}

/** Until `restore` files are as Yarn's Plug'n'Play has them: without fdatasync and fsync. */
export async function plugAndPlayHandles() {
  const handles = await fileHandles();
  const spies = (["datasync", "sync"] as const).map((name) =>
    jest.spyOn(handles, name).mockImplementation(() => {
      throw new Error("Method not implemented.");
    }),
  );
  return { restore: () => spies.forEach((spy) => void spy.mockRestore()) };
}
