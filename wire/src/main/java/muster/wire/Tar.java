package muster.wire;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes tar archives, file by file. (POSIX.1-1988, ustar) Names are ASCII of at most 100 bytes. */
public final class Tar {
    private static final int BLOCK = 512;

    /** Writes a file's bytes. */
    @FunctionalInterface
    public interface Source {
        void writeTo(OutputStream out) throws IOException;
    }

    private Tar() {}

    /** What stands after the last file. The stream is not closed. */
    public static void end(OutputStream out) throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    /** One file. Throws {@link IOException} when it has another size than was said. */
    public static void entry(OutputStream out, String name, long size, long atSeconds, Source content) throws IOException {
        out.write(head(name, size, atSeconds));
        Counting counting = new Counting(out);
        content.writeTo(counting);
        counting.flush();
        if (counting.count() != size) {
            throw new IOException(name + " has " + counting.count() + " bytes, measured were " + size);
        }
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    /** A header block; sizes and times are octal text, the sum counts its own place as blanks. */
    private static byte[] head(String name, long size, long atSeconds) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(BLOCK);
        head.write(padded(name, 100));
        head.write(padded("0000600", 8));
        head.write(padded("0000000", 8));
        head.write(padded("0000000", 8));
        head.write(padded(octal(size, 11), 12));
        head.write(padded(octal(atSeconds, 11), 12));
        head.write("        ".getBytes(StandardCharsets.US_ASCII));
        head.write('0');
        head.write(new byte[100]);
        head.write(padded("ustar", 6));
        head.write("00".getBytes(StandardCharsets.US_ASCII));
        byte[] block = java.util.Arrays.copyOf(head.toByteArray(), BLOCK);
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        byte[] text = padded(octal(sum, 6), 7);
        System.arraycopy(text, 0, block, 148, text.length);
        block[155] = ' ';
        return block;
    }

    private static String octal(long value, int digits) {
        String text = Long.toOctalString(value);
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    private static byte[] padded(String text, int length) {
        return java.util.Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), length);
    }

    /** Passes bytes on and counts them. */
    static final class Counting extends FilterOutputStream {
        private long count;

        Counting(OutputStream out) {
            super(out);
        }

        long count() {
            return count;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
