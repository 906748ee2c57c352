package muster.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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

    /** A whole archive, its digests compared. */
    public record Contents(Meta meta, byte[] state) {}

    /** The archive is none or is damaged; the message says what is wrong with it, in the original's words where it has some. */
    public static final class DamagedException extends IOException {
        DamagedException(String message) {
            super(message);
        }
    }

    private SnapshotArchive() {}

    /** Streams an archive, without holding the state's bytes: a first pass measures them, so that it is asked for them twice. The stream is finished, not closed. */
    public static void write(OutputStream out, long index, long term, long atSeconds, Tar.Source state) throws IOException {
        MessageDigest digest = sha256();
        Tar.Counting counting = new Tar.Counting(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        state.writeTo(counting);
        counting.flush();
        String id = term + "-" + index + "-" + atSeconds;
        byte[] meta = Json.write(new Meta(1, id, index, term, counting.count()));
        String sums = HexFormat.of().formatHex(sha256().digest(meta)) + "  " + META + "\n"
                + HexFormat.of().formatHex(digest.digest()) + "  " + STATE + "\n";
        GZIPOutputStream packed = new GZIPOutputStream(out, 1 << 16);
        Tar.entry(packed, META, meta.length, atSeconds, bytes -> bytes.write(meta));
        Tar.entry(packed, STATE, counting.count(), atSeconds, state);
        byte[] list = sums.getBytes(StandardCharsets.US_ASCII);
        Tar.entry(packed, SUMS, list.length, atSeconds, bytes -> bytes.write(list));
        Tar.end(packed);
        packed.finish();
        packed.flush();
    }

    /** Reads and verifies one of at most so many bytes of state. Throws {@link DamagedException}. */
    public static Contents read(InputStream in, long limit) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (InputStream plain = unpacked(in)) {
            for (int entries = 0; entries < 8 && next(plain, files, limit); entries++) {
                // Each turn reads one file.
                continue;
            }
        } catch (EOFException e) {
            throw new DamagedException("failed to read snapshot file: failed reading snapshot: unexpected EOF");
        } catch (ZipException e) {
            throw new DamagedException("failed to read snapshot file: failed reading snapshot: " + e.getMessage());
        }
        verify(files);
        Meta meta;
        try {
            meta = Json.read(Meta.class, files.get(META), Json.Unknown.IGNORE);
        } catch (JsonException e) {
            throw new DamagedException("failed to read snapshot file: failed to decode " + META + ": " + e.getMessage());
        }
        return new Contents(meta, files.get(STATE));
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

    /** Reads one file; false at the archive's end. */
    private static boolean next(InputStream in, Map<String, byte[]> files, long limit) throws IOException {
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
        if (size < 0 || size > limit) {
            throw new DamagedException("failed to read snapshot file: " + name + " claims " + size + " bytes, at most " + limit + " are read");
        }
        byte[] content = in.readNBytes((int) size);
        if (content.length < size) {
            throw new EOFException();
        }
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        files.put(name, content);
        return true;
    }

    private static void verify(Map<String, byte[]> files) throws DamagedException {
        String why = "failed to read snapshot file: failed checking integrity of snapshot: ";
        for (String name : new String[] {META, STATE, SUMS}) {
            if (!files.containsKey(name)) {
                throw new DamagedException(why + "file missing for " + GoQuote.quote(name));
            }
        }
        Map<String, String> sums = new LinkedHashMap<>();
        for (String line : new String(files.get(SUMS), StandardCharsets.US_ASCII).split("\n")) {
            int gap = line.indexOf("  ");
            if (gap > 0) {
                sums.put(line.substring(gap + 2), line.substring(0, gap));
            }
        }
        for (String name : new String[] {META, STATE}) {
            if (!sums.containsKey(name)) {
                throw new DamagedException(why + "list missing hash for " + GoQuote.quote(name));
            }
            if (!sums.get(name).equalsIgnoreCase(HexFormat.of().formatHex(sha256().digest(files.get(name))))) {
                throw new DamagedException(why + "hash check failed for " + GoQuote.quote(name));
            }
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
