package muster.raft.members;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * An agent, as the others know it.
 *
 * @param name unique among the agents
 * @param id a UUID that stays when the agent restarts
 * @param host where its join port is reached
 * @param port its join port
 * @param server whether it holds a log's state
 * @param tags what else it tells of itself
 * @param incarnation grows with each change that the agent itself makes, so that the newest word about it wins
 * @param since when the status was given, in milliseconds since 1970, by the clock of who gave it
 */
public record AgentMember(String name, String id, String host, int port, boolean server, String datacenter, Map<String, String> tags,
        long incarnation, Status status, long since) {
    /** In the order in which one outweighs another at the same incarnation. */
    public enum Status {
        ALIVE, LEAVING,
        /** It does not answer any more and did not say why. */
        FAILED,
        /** It went with a word, or somebody said it for it. */
        LEFT,
        /** It left and is not to be shown. */
        GONE
    }

    private static final int MOST_TAGS = 64;

    public AgentMember {
        Objects.requireNonNull(name);
        Objects.requireNonNull(id);
        Objects.requireNonNull(host);
        Objects.requireNonNull(datacenter);
        tags = Map.copyOf(tags);
        Objects.requireNonNull(status);
    }

    /** Where its join port is, an IPv6 address in brackets. */
    public String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** The tag's text, or nothing. */
    public String tag(String tag) {
        return tags.getOrDefault(tag, "");
    }

    public boolean isAlive() {
        return status == Status.ALIVE;
    }

    /** Whether it is or may come back as it was. */
    public boolean isExpected() {
        return status == Status.ALIVE || status == Status.LEAVING || status == Status.FAILED;
    }

    /** Whether this is a newer word about the same agent than the other. */
    boolean outweighs(AgentMember other) {
        return incarnation != other.incarnation ? incarnation > other.incarnation : status.compareTo(other.status) > 0;
    }

    AgentMember with(Status newStatus, long newIncarnation, long now) {
        return new AgentMember(name, id, host, port, server, datacenter, tags, newIncarnation, newStatus, now);
    }

    AgentMember withTags(Map<String, String> changed) {
        Map<String, String> more = new TreeMap<>(tags);
        more.putAll(changed);
        return new AgentMember(name, id, host, port, server, datacenter, more, incarnation + 1, status, since);
    }

    AgentMember at(String newHost, int newPort) {
        return new AgentMember(name, id, newHost, newPort, server, datacenter, tags, incarnation, status, since);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(name);
        out.writeUTF(id);
        out.writeUTF(host);
        out.writeInt(port);
        out.writeBoolean(server);
        out.writeUTF(datacenter);
        out.writeByte(tags.size());
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            out.writeUTF(tag.getKey());
            out.writeUTF(tag.getValue());
        }
        out.writeLong(incarnation);
        out.writeByte(status.ordinal());
        out.writeLong(since);
    }

    static AgentMember read(DataInputStream in) throws IOException {
        String name = in.readUTF();
        String id = in.readUTF();
        String host = in.readUTF();
        int port = in.readInt();
        boolean server = in.readBoolean();
        String datacenter = in.readUTF();
        int count = in.readUnsignedByte();
        if (name.isEmpty() || port < 0 || port > 65_535 || count > MOST_TAGS) {
            throw new IOException("a member's row is not one: name \"" + name + "\", port " + port + ", " + count + " tags");
        }
        Map<String, String> tags = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            tags.put(in.readUTF(), in.readUTF());
        }
        long incarnation = in.readLong();
        int status = in.readUnsignedByte();
        if (status >= Status.values().length) {
            throw new IOException("a member's status " + status + " is not known; a newer version told it");
        }
        return new AgentMember(name, id, host, port, server, datacenter, tags, incarnation, Status.values()[status], in.readLong());
    }
}
