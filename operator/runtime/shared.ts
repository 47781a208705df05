/** `ask` with one answer for all who want the same while it is being made. */
export function shared<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (key) => {
    const answer = running.get(key) ?? ask(key).finally(() => running.delete(key));
    running.set(key, answer);
    return answer;
  };
}
