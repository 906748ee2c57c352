package muster.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class SnapshotArchiveTest {
    private static final byte[] STATE = "some state".repeat(100).getBytes(StandardCharsets.UTF_8);

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SnapshotArchive.write(out, 12, 1, 1_600_000_000, bytes -> bytes.write(STATE));
        return out.toByteArray();
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        SnapshotArchive.Contents<byte[]> contents = SnapshotArchive.read(new ByteArrayInputStream(archive()), 1 << 20);
        assertThat(contents.meta()).isEqualTo(new SnapshotArchive.Meta(1, "1-12-1600000000", 12, 1, STATE.length));
        assertThat(contents.state()).isEqualTo(STATE);
    }

    @Test
    void whatIsNoArchiveIsSaidToBeNone() {
        assertThatThrownBy(() -> SnapshotArchive.read(new ByteArrayInputStream("junk and more junk".getBytes(StandardCharsets.UTF_8)), 100))
                .isInstanceOf(SnapshotArchive.DamagedException.class)
                .hasMessage("failed to decompress snapshot: gzip: invalid header");
        assertThatThrownBy(() -> SnapshotArchive.read(new ByteArrayInputStream(new byte[0]), 100))
                .hasMessage("failed to decompress snapshot: EOF");
    }

    @Test
    void aStateBeyondTheLimitIsNotRead() throws IOException {
        byte[] archive = archive();
        assertThatThrownBy(() -> SnapshotArchive.read(new ByteArrayInputStream(archive), 999))
                .hasMessage("failed to read snapshot file: state.bin claims 1000 bytes, at most 999 are read");
    }

    @Test
    void aReadersComplaintComesAfterThatOfTheDigests() throws IOException {
        // Plan: a reader that reads a little and complains; of a whole archive its word is told, of a damaged one the digest's.
        SnapshotArchive.Reader<byte[]> picky = in -> {
            in.readNBytes(3);
            throw new IOException("not to be read");
        };
        assertThatThrownBy(() -> SnapshotArchive.read(new ByteArrayInputStream(archive()), 1 << 20, picky)).hasMessage("not to be read");
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        byte[] changed = new GZIPInputStream(new ByteArrayInputStream(archive())).readAllBytes();
        changed[new String(changed, StandardCharsets.ISO_8859_1).indexOf("some state") + 50] ^= 1;
        try (GZIPOutputStream packed = new GZIPOutputStream(other)) {
            packed.write(changed);
        }
        assertThatThrownBy(() -> SnapshotArchive.read(new ByteArrayInputStream(other.toByteArray()), 1 << 20, picky))
                .hasMessageEndingWith("hash check failed for \"state.bin\"");
        assertThat(SnapshotArchive.verify(new ByteArrayInputStream(archive())).size()).isEqualTo(STATE.length);
    }

    @Test
    void anArchiveWithoutItsSumsIsRefused() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
            packed.write(new byte[1024]);
        }
        assertThatThrownBy(() -> SnapshotArchive.read(new ByteArrayInputStream(out.toByteArray()), 999))
                .hasMessageEndingWith("file missing for \"meta.json\"");
    }

    /** One byte changed anywhere: the archive is refused by name, or the change was in nothing that matters and the state is the same. */
    @Test
    void noDamagePassesUnseen() throws IOException {
        byte[] good = archive();
        Random random = new Random(7);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 + random.nextInt(255));
            for (byte[] damaged : List.of(bad, Arrays.copyOf(good, at))) {
                try {
                    assertThat(SnapshotArchive.read(new ByteArrayInputStream(damaged), 1 << 20).state()).isEqualTo(STATE);
                } catch (IOException e) {
                    assertThat(e).isInstanceOf(SnapshotArchive.DamagedException.class);
                }
            }
        }
    }
}
