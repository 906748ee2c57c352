package muster.lb.exchange;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks a body packed by gzip (RFC 1952), piece by piece. What can't be unpacked ends the body where it broke, as a target's broken
 * connection would.
 */
public final class GunzipCoder implements BodyCoder {
    private static final int LONGEST_HEADER = 64 * 1024;
    /** A piece may grow so much at most; what grows more is an attack and ends the body. */
    private static final int MOST_FROM_ONE_PIECE = 64 * 1024 * 1024;

    private final Inflater inflater = new Inflater(true);
    private final byte[] buffer = new byte[8192];
    private ByteArrayOutputStream head = new ByteArrayOutputStream();
    private boolean isHeadRead;
    private boolean isBroken;

    @Override
    public byte[] piece(byte[] piece) {
        if (isBroken) {
            return new byte[0];
        }
        if (isHeadRead) {
            return inflated(piece, 0, piece.length);
        }
        head.writeBytes(piece);
        byte[] all = head.toByteArray();
        int body = bodyAt(all);
        if (body < 0) {
            isBroken = all.length > LONGEST_HEADER;
            return new byte[0];
        }
        isHeadRead = true;
        head = new ByteArrayOutputStream(0);
        return inflated(all, body, all.length - body);
    }

    @Override
    public byte[] end() {
        return new byte[0];
    }

    @Override
    public void close() {
        isBroken = true;
        inflater.end();
    }

    private byte[] inflated(byte[] bytes, int from, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(64, 3 * count));
        inflater.setInput(bytes, from, count);
        try {
            int got = inflater.inflate(buffer);
            while (got > 0) {
                out.write(buffer, 0, got);
                if (out.size() > MOST_FROM_ONE_PIECE) {
                    isBroken = true;
                    break;
                }
                got = inflater.inflate(buffer);
            }
        } catch (DataFormatException e) {
            isBroken = true;
        }
        return out.toByteArray();
    }

    /** Where the packed data begins, -1 while the header is not whole. */
    private int bodyAt(byte[] bytes) {
        if (bytes.length < 10) {
            return -1;
        }
        if ((bytes[0] & 255) != 0x1f || (bytes[1] & 255) != 0x8b) {
            isBroken = true;
            return -1;
        }
        int flags = bytes[3];
        int at = 10;
        if ((flags & 4) != 0) {
            if (bytes.length < at + 2) {
                return -1;
            }
            at += 2 + (bytes[at] & 255) + ((bytes[at + 1] & 255) << 8);
        }
        for (int flag : new int[] {8, 16}) {
            if ((flags & flag) != 0) {
                while (at < bytes.length && bytes[at] != 0) {
                    at++;
                }
                at++;
            }
        }
        at += (flags & 2) != 0 ? 2 : 0;
        return at <= bytes.length ? at : -1;
    }
}
