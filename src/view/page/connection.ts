/// <reference lib="dom" />
/** The page's WebSocket, which is opened again when it is lost. */
import { type Ask, type Message, PROTOCOL } from "../messages.js";

/** First and longest wait before the next try [ms]. */
const WAITS = { first: 300, longest: 4000 };

export interface Listener {
  hear(message: Message): void;
  /** why nothing comes, for people; undefined: it comes again */
  lost(why: string | undefined): void;
}

/** Connects, and answers with what asks. */
export function connect(listener: Listener): (ask: Ask) => void {
  let socket: WebSocket | undefined;
  let wait = WAITS.first;
  const open = () => {
    const { host, search } = window.location;
    const now = new WebSocket(`ws://${host}/live${search}`, PROTOCOL);
    socket = now;
    now.onopen = () => {
      wait = WAITS.first;
      listener.lost(undefined);
    };
    now.onmessage = ({ data }) => listener.hear(JSON.parse(data as string));
    now.onclose = () => {
      listener.lost("not connected: lapgrad has ended, or cannot be reached; trying again");
      setTimeout(open, wait);
      wait = Math.min(2 * wait, WAITS.longest);
    };
  };
  open();
  return (ask) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(ask));
  };
}
