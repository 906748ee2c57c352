package muster.wire;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/**
 * The file that {@code consul snapshot save} writes: a tar archive packed with gzip, of {@code meta.json}, {@code state.bin} and
 * {@code SHA256SUMS} with the digests of the two. (POSIX.1-1988, ustar)
 */
public final class SnapshotArchive {
    private static final int BLOCK = 512;
    private static final String META = "meta.json";
    private static final String STATE = "state.bin";
    private static final String SUMS = "SHA256SUMS";

    /**
     * What an archive says of itself.
     *
     * @param id names this archive
     * @param index the newest entry of the log that is in it
     * @param size bytes of the state
     */
    public record Meta(int version, @Key("ID") String id, long index, long term, long size) {}

    /** A whole archive, its digests compared, and what was made of its state. */
    public record Contents<T>(Meta meta, T state) {}

    /** Makes something of a state's bytes as they come. It counts only once the whole archive is verified. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(InputStream state) throws IOException;
    }

    /** The archive is none or is damaged; the message says what is wrong with it, in the original's words where it has some. */
    public static final class DamagedException extends IOException {
        DamagedException(String message) {
            super(message);
        }
    }

    private SnapshotArchive() {}

    /** Streams an archive, without holding the state's bytes: they are counted first, so that the state is asked for them twice. The stream is finished, not closed. */
    public static void write(OutputStream out, long index, long term, long atSeconds, Tar.Source state) throws IOException {
        Tar.Counting counting = new Tar.Counting(OutputStream.nullOutputStream());
        state.writeTo(counting);
        String id = term + "-" + index + "-" + atSeconds;
        byte[] meta = Json.write(new Meta(1, id, index, term, counting.count()));
        GZIPOutputStream packed = new QuickGzip(out);
        Tar.entry(packed, META, meta.length, atSeconds, bytes -> bytes.write(meta));
        MessageDigest digest = sha256();
        Tar.entry(packed, STATE, counting.count(), atSeconds, bytes -> {
            DigestOutputStream digested = new DigestOutputStream(bytes, digest);
            state.writeTo(digested);
            digested.flush();
        });
        String sums = HexFormat.of().formatHex(sha256().digest(meta)) + "  " + META + "\n"
                + HexFormat.of().formatHex(digest.digest()) + "  " + STATE + "\n";
        byte[] list = sums.getBytes(StandardCharsets.US_ASCII);
        Tar.entry(packed, SUMS, list.length, atSeconds, bytes -> bytes.write(list));
        Tar.end(packed);
        packed.finish();
        packed.flush();
    }

    /** Reads and verifies one of at most so many bytes of state, which are held. Throws {@link DamagedException}. */
    public static Contents<byte[]> read(InputStream in, long limit) throws IOException {
        return read(in, limit, InputStream::readAllBytes);
    }

    /** Verifies one and holds nothing of its state. Throws {@link DamagedException}. */
    public static Meta verify(InputStream in) throws IOException {
        return read(in, Long.MAX_VALUE, state -> state.transferTo(OutputStream.nullOutputStream())).meta();
    }

    /**
     * Reads and verifies one of at most so many bytes of state. Throws {@link DamagedException}; and what the reader throws, where the
     * archive itself is whole.
     */
    public static <T> Contents<T> read(InputStream in, long limit, Reader<T> reader) throws IOException {
        Files<T> files = new Files<>(reader, limit);
        try (InputStream plain = unpacked(in)) {
            for (int entries = 0; entries < 8 && files.next(plain); entries++) {
                // Each turn reads one file.
                continue;
            }
        } catch (EOFException e) {
            throw new DamagedException("failed to read snapshot file: failed reading snapshot: unexpected EOF");
        } catch (ZipException e) {
            throw new DamagedException("failed to read snapshot file: failed reading snapshot: " + e.getMessage());
        }
        files.verify();
        Meta meta;
        try {
            meta = Json.read(Meta.class, files.small.get(META), Json.Unknown.IGNORE);
        } catch (JsonException e) {
            throw new DamagedException("failed to read snapshot file: failed to decode " + META + ": " + e.getMessage());
        }
        if (files.failure != null) {
            throw files.failure;
        }
        return new Contents<>(meta, files.state);
    }

    private static InputStream unpacked(InputStream in) throws IOException {
        try {
            return new GZIPInputStream(in, 1 << 16);
        } catch (EOFException e) {
            throw new DamagedException("failed to decompress snapshot: EOF");
        } catch (ZipException e) {
            throw new DamagedException("failed to decompress snapshot: gzip: invalid header");
        }
    }

    /** The files of one archive as they come. */
    private static final class Files<T> {
        private static final int MOST_BYTES = 1 << 20;

        private final Reader<T> reader;
        private final long limit;
        private final Map<String, byte[]> small = new LinkedHashMap<>();
        private final Map<String, String> digests = new LinkedHashMap<>();
        private T state;
        private IOException failure;

        Files(Reader<T> reader, long limit) {
            this.reader = reader;
            this.limit = limit;
        }

        /** Reads one file; false at the archive's end. */
        boolean next(InputStream in) throws IOException {
            byte[] head = in.readNBytes(BLOCK);
            if (head.length == 0 || head.length == BLOCK && isZero(head)) {
                return false;
            }
            if (head.length < BLOCK) {
                throw new EOFException();
            }
            String name = text(head, 0, 100);
            if (!name.equals(META) && !name.equals(STATE) && !name.equals(SUMS)) {
                throw new DamagedException("failed to read snapshot file: unexpected file " + GoQuote.quote(name) + " in snapshot");
            }
            long size;
            try {
                size = Long.parseLong(text(head, 124, 12).trim(), 8);
            } catch (NumberFormatException e) {
                throw new DamagedException("failed to read snapshot file: failed reading snapshot: archive/tar: invalid tar header");
            }
            long most = name.equals(STATE) ? limit : MOST_BYTES;
            if (size < 0 || size > most) {
                throw new DamagedException("failed to read snapshot file: " + name + " claims " + size + " bytes, at most " + most + " are read");
            }
            MessageDigest digest = sha256();
            InputStream content = new DigestInputStream(new Stretch(in, size), digest);
            if (name.equals(STATE)) {
                take(content);
            } else {
                small.put(name, content.readAllBytes());
            }
            in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
            digests.put(name, HexFormat.of().formatHex(digest.digest()));
            return true;
        }

        /** What the reader finds wrong is told after the digests: bytes that were damaged say nothing. */
        private void take(InputStream content) throws IOException {
            state = null;
            failure = null;
            try {
                state = reader.read(content);
            } catch (IOException e) {
                failure = e;
            }
            content.transferTo(OutputStream.nullOutputStream());
        }

        void verify() throws DamagedException {
            String why = "failed to read snapshot file: failed checking integrity of snapshot: ";
            for (String name : new String[] {META, STATE, SUMS}) {
                if (!digests.containsKey(name)) {
                    throw new DamagedException(why + "file missing for " + GoQuote.quote(name));
                }
            }
            Map<String, String> sums = new LinkedHashMap<>();
            for (String line : new String(small.get(SUMS), StandardCharsets.US_ASCII).split("\n")) {
                int gap = line.indexOf("  ");
                if (gap > 0) {
                    sums.put(line.substring(gap + 2), line.substring(0, gap));
                }
            }
            for (String name : new String[] {META, STATE}) {
                if (!sums.containsKey(name)) {
                    throw new DamagedException(why + "list missing hash for " + GoQuote.quote(name));
                }
                if (!sums.get(name).equalsIgnoreCase(digests.get(name))) {
                    throw new DamagedException(why + "hash check failed for " + GoQuote.quote(name));
                }
            }
        }
    }

    /** So many bytes of a stream; it has to have them. */
    private static final class Stretch extends FilterInputStream {
        private long left;

        Stretch(InputStream in, long size) {
            super(in);
            left = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int some = in.read(bytes, offset, (int) Math.min(length, left));
            if (some < 0) {
                throw new EOFException();
            }
            left -= some;
            return some;
        }

        @Override
        public void close() {
            // The archive's other files are behind it.
        }
    }

    private static String text(byte[] block, int at, int length) {
        int end = at;
        while (end < at + length && block[end] != 0) {
            end++;
        }
        return new String(block, at, end - at, StandardCharsets.US_ASCII);
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
