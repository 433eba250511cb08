/** A disk that is soon full: opens files into which so many bytes go, for a recorder. */
import { open } from "node:fs/promises";
import type { QueueFile } from "../../src/recording/write-queue.js";

export function smallDisk(bytes: number): (path: string) => Promise<QueueFile> {
  let room = bytes;
  return async (path) => {
    const file = await open(path, "wx");
    return {
      writeFile: async (data) => {
        room -= (data as Uint8Array).length;
        if (room < 0) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
        await file.writeFile(data);
      },
      datasync: () => file.datasync(),
      truncate: (length) => file.truncate(length),
      stat: file.stat.bind(file),
      close: () => file.close(),
    };
  };
}
