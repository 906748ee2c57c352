package muster.checks;

import java.io.IOException;

/** A stream of bytes both ways for one attempt, whose deadline bounds every step: over TCP, TLS or a socket of the file system. */
interface Wire extends AutoCloseable {
    void write(byte[] bytes) throws IOException;

    /** Up to {@code length} bytes, at least one; -1 at the end. */
    int read(byte[] into, int offset, int length) throws IOException;

    @Override
    void close() throws IOException;
}
