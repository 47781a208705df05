type Write = (fields: object, message: string) => void;

/** The part of pino that the renderer needs. */
export interface RendererLog {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
