package muster.raft.members;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members as they were when the agent last ran, so that it finds them again without being told. A hint: a file that can't be
 * read is left out with a warning, and the configured addresses are asked.
 */
final class MemberFile {
    private static final Logger LOG = LoggerFactory.getLogger(MemberFile.class);
    private static final int VERSION = 1;
    private static final int MOST_ROWS = 100_000;

    private final Optional<Path> file;

    MemberFile(Optional<Path> file) {
        this.file = file;
    }

    List<AgentMember> load() {
        if (file.isEmpty() || !Files.exists(file.get())) {
            return List.of();
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file.get())))) {
            int version = in.readUnsignedByte();
            int count = in.readInt();
            if (version != VERSION || count < 0 || count > MOST_ROWS) {
                throw new IOException("version " + version + " with " + count + " rows is not known");
            }
            List<AgentMember> rows = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                rows.add(AgentMember.read(in));
            }
            return rows;
        } catch (IOException e) {
            LOG.warn("known members not read file={} reason=\"{}\"", file.get(), e.toString());
            return List.of();
        }
    }

    void save(List<AgentMember> members) {
        if (file.isEmpty()) {
            return;
        }
        Path written = file.get().resolveSibling(file.get().getFileName() + ".new");
        try {
            Files.createDirectories(file.get().toAbsolutePath().getParent());
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(written)))) {
                out.writeByte(VERSION);
                out.writeInt(members.size());
                for (AgentMember member : members) {
                    member.write(out);
                }
            }
            Files.move(written, file.get(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("members not kept file={} reason=\"{}\"", file.get(), e.toString());
        }
    }

    /** After a leave the agent starts as one that knows nobody. */
    void forget() {
        try {
            if (file.isPresent()) {
                Files.deleteIfExists(file.get());
            }
        } catch (IOException e) {
            LOG.warn("members not forgotten file={} reason=\"{}\"", file.get(), e.toString());
        }
    }
}
