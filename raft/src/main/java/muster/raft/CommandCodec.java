package muster.raft;

/** The bytes of a command in the log. The first byte is a version; every version ever written can be read. */
public interface CommandCodec<C> {
    byte[] encode(C command);

    /** Throws {@link IllegalArgumentException} for bytes that no version wrote. */
    C decode(byte[] bytes);
}
