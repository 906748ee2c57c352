package muster.raft;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A change of a log's members, one at a time, so that no two majorities are possible. */
sealed interface Change {
    /** Adds a server that waits to be added, or notes that one moved. */
    record Add(Member member) implements Change {}

    record Remove(String id) implements Change {}

    /** Hands the lead to a member. */
    record Transfer(String id) implements Change {}

    /** The members after the change. Throws {@link IllegalArgumentException} where it makes no sense. */
    static List<Member> apply(List<Member> members, Change change) {
        List<Member> after = new ArrayList<>(members);
        switch (change) {
            case Add(Member member) -> {
                after.removeIf(other -> other.id().equals(member.id()));
                after.add(member);
            }
            case Remove(String id) -> {
                if (!after.removeIf(member -> member.id().equals(id))) {
                    throw new IllegalArgumentException("no server with the id " + id + " is a member; members are " + members);
                }
                if (after.isEmpty()) {
                    throw new IllegalArgumentException("the last server can't be removed from its log; stop it instead");
                }
            }
            case Transfer(String id) -> {
                if (members.stream().noneMatch(member -> member.id().equals(id))) {
                    throw new IllegalArgumentException("no server with the id " + id + " is a member; members are " + members);
                }
            }
        }
        return after;
    }

    default byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            switch (this) {
                case Add(Member member) -> {
                    out.writeByte(0);
                    out.writeUTF(member.id());
                    out.writeUTF(member.address());
                }
                case Remove(String id) -> {
                    out.writeByte(1);
                    out.writeUTF(id);
                }
                case Transfer(String id) -> {
                    out.writeByte(2);
                    out.writeUTF(id);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    /** Throws {@link IOException} for bytes that no version wrote. */
    static Change of(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int kind = in.readUnsignedByte();
            return switch (kind) {
                case 0 -> new Add(new Member(in.readUTF(), in.readUTF()));
                case 1 -> new Remove(in.readUTF());
                case 2 -> new Transfer(in.readUTF());
                default -> throw new IOException("a change of kind " + kind + " is not known; a newer version sent it");
            };
        }
    }
}
