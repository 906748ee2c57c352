package muster.raft;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a log entry: a version byte, the number of commands, and of each the part's name (as {@link
 * DataOutputStream#writeUTF}), a length and the command's own bytes. Every version ever written can be read.
 */
final class EntryBytes {
    private static final byte VERSION = 1;

    /** A command as it stands in an entry. */
    record Written(String part, byte[] command) {}

    private EntryBytes() {}

    static byte[] write(List<Proposal<?>> proposals) {
        int size = 5;
        for (Proposal<?> proposal : proposals) {
            size += proposal.size();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(size);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeInt(proposals.size());
            for (Proposal<?> proposal : proposals) {
                out.writeUTF(proposal.part());
                out.writeInt(proposal.command().length);
                out.write(proposal.command());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    /** Throws {@link IllegalArgumentException} for bytes that no version wrote. */
    static List<Written> read(byte[] entry) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("a log entry of version " + version + " can't be read, only " + VERSION
                        + "; a newer version wrote it");
            }
            int count = in.readInt();
            if (count < 0 || count > entry.length) {
                throw new IllegalArgumentException("a log entry claims " + count + " commands in " + entry.length + " bytes");
            }
            List<Written> commands = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                String part = in.readUTF();
                int length = in.readInt();
                if (length < 0 || length > in.available()) {
                    throw new IllegalArgumentException("a log entry claims a command of " + length + " bytes, "
                            + in.available() + " are left");
                }
                commands.add(new Written(part, in.readNBytes(length)));
            }
            if (in.available() > 0) {
                throw new IllegalArgumentException("a log entry has " + in.available() + " bytes after its last command");
            }
            return commands;
        } catch (IOException e) {
            throw new IllegalArgumentException("a log entry of " + entry.length + " bytes ends too early", e);
        }
    }
}
