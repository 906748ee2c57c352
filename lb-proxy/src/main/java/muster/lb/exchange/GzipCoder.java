package muster.lb.exchange;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Packs a body by gzip (RFC 1952); each piece is sent on as far as it goes, so that a stream stays one. */
public final class GzipCoder implements BodyCoder {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final CRC32 sum = new CRC32();
    private final byte[] buffer = new byte[8192];
    private long length;
    private boolean isBegun;
    private boolean isClosed;

    @Override
    public byte[] piece(byte[] piece) {
        if (isClosed) {
            return new byte[0];
        }
        ByteArrayOutputStream out = begun();
        sum.update(piece);
        length += piece.length;
        deflater.setInput(piece);
        drain(out, Deflater.SYNC_FLUSH);
        return out.toByteArray();
    }

    @Override
    public byte[] end() {
        ByteArrayOutputStream out = begun();
        deflater.finish();
        drain(out, Deflater.NO_FLUSH);
        little(out, sum.getValue());
        little(out, length);
        return out.toByteArray();
    }

    @Override
    public void close() {
        isClosed = true;
        deflater.end();
    }

    private ByteArrayOutputStream begun() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!isBegun) {
            isBegun = true;
            out.writeBytes(HEADER);
        }
        return out;
    }

    private void drain(ByteArrayOutputStream out, int flush) {
        int count = deflater.deflate(buffer, 0, buffer.length, flush);
        while (count > 0) {
            out.write(buffer, 0, count);
            count = deflater.deflate(buffer, 0, buffer.length, flush);
        }
    }

    private static void little(ByteArrayOutputStream out, long value) {
        for (int i = 0; i < 4; i++) {
            out.write((int) (value >> 8 * i) & 255);
        }
    }
}
