package muster.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;

/** What is written goes to a client at once; one thread at a time. */
final class SinkStream extends OutputStream {
    private final Reply.Sink sink;

    SinkStream(Reply.Sink sink) {
        this.sink = sink;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            sink.write(Arrays.copyOfRange(bytes, offset, offset + length));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a client was written to");
        }
    }
}
