package muster.raft.members;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an agent tells a server every second, and what the server answers, in the same form: who it is, a number that stands for
 * its table, rows of the table where the other's was different, and names: of whom the sender suspects, or for whom the answerer
 * vouches. The first byte is the version.
 */
record Beat(AgentMember sender, long digest, List<AgentMember> rows, List<String> names) {
    static final String KIND = "beat";
    private static final int VERSION = 1;
    private static final int MOST_ROWS = 100_000;

    Beat {
        rows = List.copyOf(rows);
        names = List.copyOf(names);
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            sender.write(out);
            out.writeLong(digest);
            out.writeInt(rows.size());
            for (AgentMember row : rows) {
                row.write(out);
            }
            out.writeInt(names.size());
            for (String name : names) {
                out.writeUTF(name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    /** Throws {@link IOException} for bytes that no version wrote. */
    static Beat of(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException("a beat of version " + version + " is not known");
            }
            AgentMember sender = AgentMember.read(in);
            long digest = in.readLong();
            List<AgentMember> rows = rows(in);
            List<String> names = new ArrayList<>();
            int count = in.readInt();
            requireCount(count);
            for (int i = 0; i < count; i++) {
                names.add(in.readUTF());
            }
            return new Beat(sender, digest, rows, names);
        }
    }

    private static List<AgentMember> rows(DataInputStream in) throws IOException {
        int count = in.readInt();
        requireCount(count);
        List<AgentMember> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(AgentMember.read(in));
        }
        return rows;
    }

    private static void requireCount(int count) throws IOException {
        if (count < 0 || count > MOST_ROWS) {
            throw new IOException("a beat claims " + count + " rows, at most " + MOST_ROWS + " are possible");
        }
    }
}
