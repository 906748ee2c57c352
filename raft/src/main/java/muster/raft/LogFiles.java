package muster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A look over the engine's log files before the engine opens them. It makes two things certain that the engine leaves open:
 * that damage is reported with file, place and remedy before any state is built from it, and that a record which a crash
 * left half written at the very end doesn't prevent the start.
 *
 * <p>The files: {@code log_FIRST-LAST} are finished, {@code log_inprogress_FIRST} is the one being written; each is a header
 * of 8 bytes and records, a record being the length (varint), a protobuf message, and the CRC-32C of both. The open file is
 * filled up with zeros. A record that can't be read at the end of the open file was never acknowledged, since only a whole
 * and synced one is: it is cut off. With a readable later record behind it, it is damage.
 */
final class LogFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern CLOSED = Pattern.compile("log_(\\d+)-(\\d+)");
    private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)");
    private static final int CHECKSUM_BYTES = 4;
    /** A record's message begins with its term, then its index; see the engine's message definition. */
    private static final byte TERM_TAG = 0x08;

    private record Segment(Path file, long first, OptionalLong last) {}

    /** A whole record: its entry number and the offset behind it. */
    private record Found(long entry, int end) {}

    private final Path folder;

    /** @param folder the engine's folder of the group; need not be there yet */
    LogFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * Throws {@link DataFolderException} where the log is damaged or doesn't join the snapshot; cuts off a torn end.
     *
     * @param snapshotEntry the entry up to which the snapshot in use reaches, -1 without a snapshot
     */
    void check(long snapshotEntry) throws IOException {
        Path current = folder.resolve("current");
        List<Segment> segments = Files.isDirectory(current) ? segments(current) : List.of();
        if ((!segments.isEmpty() || snapshotEntry >= 0) && !Files.exists(current.resolve("raft-meta"))) {
            throw missing("its file " + current.resolve("raft-meta") + " is not there");
        }
        if (segments.isEmpty()) {
            if (snapshotEntry >= 0) {
                throw missing("it has a snapshot of entry " + snapshotEntry + " and no log files in " + current);
            }
            return;
        }
        if (segments.getFirst().first() > snapshotEntry + 1) {
            throw missing("entries " + (snapshotEntry + 1) + " to " + (segments.getFirst().first() - 1)
                    + " are in no snapshot and not in the log, which begins with " + segments.getFirst().file().getFileName());
        }
        long next = segments.getFirst().first();
        for (Segment segment : segments) {
            if (segment.first() != next) {
                throw missing("entries " + next + " to " + (segment.first() - 1) + " should be before those of "
                        + segment.file().getFileName());
            }
            next = check(segment);
        }
        if (next <= snapshotEntry) {
            throw missing("its log ends with entry " + (next - 1) + ", before its snapshot's " + snapshotEntry);
        }
    }

    private static List<Segment> segments(Path current) throws IOException {
        List<Segment> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(current)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                Matcher closed = CLOSED.matcher(name);
                Matcher open = OPEN.matcher(name);
                if (closed.matches()) {
                    segments.add(new Segment(file, Long.parseLong(closed.group(1)),
                            OptionalLong.of(Long.parseLong(closed.group(2)))));
                } else if (open.matches() && Files.size(file) > 0) {
                    segments.add(new Segment(file, Long.parseLong(open.group(1)), OptionalLong.empty()));
                }
            }
        }
        segments.sort(Comparator.comparingLong(Segment::first));
        return segments;
    }

    /** Returns the entry that follows the segment's last. */
    private long check(Segment segment) throws IOException {
        byte[] bytes = Files.readAllBytes(segment.file());
        int header = Math.min(HEADER.length, bytes.length);
        if (!Arrays.equals(HEADER, 0, header, bytes, 0, header)) {
            if (segment.last().isEmpty() && isZero(bytes, Arrays.mismatch(HEADER, bytes))) {
                return segment.first();
            }
            throw damaged(segment.file(), 0, "it does not begin like a log file");
        }
        long next = segment.first();
        int at = header;
        while (at < bytes.length && bytes[at] != 0) {
            Found found = record(bytes, at);
            if (found == null || found.entry() != next) {
                if (segment.last().isPresent() || found != null || laterRecord(bytes, at, next)) {
                    throw damaged(segment.file(), at, "entry " + next + " should be there");
                }
                cut(segment.file(), at, bytes.length);
                return next;
            }
            next++;
            at = found.end();
        }
        if (segment.last().isPresent() && segment.last().getAsLong() != next - 1) {
            throw damaged(segment.file(), at, "entry " + next + " should be there");
        }
        if (!isZero(bytes, at)) {
            if (segment.last().isPresent() || laterRecord(bytes, at, next)) {
                throw damaged(segment.file(), at, "entry " + next + " should be there, zeros and then other bytes are");
            }
            cut(segment.file(), at, bytes.length);
        }
        return next;
    }

    /** The record at an offset, or null where none can be read. */
    private static Found record(byte[] bytes, int at) {
        ByteBuffer in = ByteBuffer.wrap(bytes, at, bytes.length - at);
        int length = varint(in);
        if (length <= 0 || length > in.remaining() - CHECKSUM_BYTES) {
            return null;
        }
        int message = in.position();
        int end = message + length;
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, at, end - at);
        if (in.getInt(end) != (int) checksum.getValue()) {
            return null;
        }
        try {
            LogEntryProto entry = LogEntryProto.parseFrom(CodedInputStream.newInstance(bytes, message, length));
            return new Found(entry.getIndex(), end + CHECKSUM_BYTES);
        } catch (IOException e) {
            return null;
        }
    }

    /** Whether a whole record of a later entry begins anywhere behind an offset. */
    private static boolean laterRecord(byte[] bytes, int from, long entry) {
        for (int at = from + 1; at < bytes.length - 8; at++) {
            if (bytes[at] != 0 && startsLikeRecord(bytes, at)) {
                Found found = record(bytes, at);
                if (found != null && found.entry() > entry) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Spares the checksum for nearly all offsets. */
    private static boolean startsLikeRecord(byte[] bytes, int at) {
        ByteBuffer in = ByteBuffer.wrap(bytes, at, bytes.length - at);
        int length = varint(in);
        return length > 0 && length <= in.remaining() - CHECKSUM_BYTES && in.get() == TERM_TAG;
    }

    /** A protobuf varint of at most 5 bytes, -1 where there is none. */
    private static int varint(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; shift < 35 && in.hasRemaining(); shift += 7) {
            byte b = in.get();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        return -1;
    }

    private static boolean isZero(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static void cut(Path file, int at, int length) throws IOException {
        LOG.warn("cut off the end of the log, which was being written when the process ended file={} offset={} bytes={}",
                file, at, length - at);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(at);
            channel.force(true);
        }
    }

    private static DataFolderException damaged(Path file, int at, String why) {
        return new DataFolderException("the log file " + file + " is damaged at byte " + at + ": " + why
                + "; put back the data folder from a backup, or move the whole folder away to begin with an empty state");
    }

    private DataFolderException missing(String what) {
        return new DataFolderException("the data folder " + folder + " is not complete: " + what
                + "; put it back from a backup, or move the whole folder away to begin with an empty state");
    }
}
