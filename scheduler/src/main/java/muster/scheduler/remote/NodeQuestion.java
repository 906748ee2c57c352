package muster.scheduler.remote;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import muster.scheduler.client.ServerApi;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.NativeService;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeEvent;
import muster.wire.Json;

/** What a node asks of servers: a version byte, the question's name and its JSON. See {@link ServerApi}. */
sealed interface NodeQuestion {
    /** Of questions from nodes to any server. */
    String KIND = "scheduler.node";
    /** Of questions that a server passes on to the leader. */
    String LEADER_KIND = "scheduler.node.leader";
    int VERSION = 1;

    record Register(Node node) implements NodeQuestion {}

    record Status(String id, String status) implements NodeQuestion {}

    record Events(String id, List<NodeEvent> events) implements NodeQuestion {}

    record Pull(String id, long index, Duration atMost) implements NodeQuestion {}

    record Reports(List<Allocation> allocations) implements NodeQuestion {}

    record Services(List<NativeService> services) implements NodeQuestion {}

    record NoServices(List<String> ids) implements NodeQuestion {}

    record ServicesOf(String id) implements NodeQuestion {}

    record One(String id) implements NodeQuestion {}

    /**
     * What a server answers.
     *
     * @param outcome one of the constants
     * @param reason why not
     * @param allocations null where nothing is newer than the index that was asked with
     */
    record Answer(String outcome, String reason, Duration ttl, long index, List<Allocation> allocations, List<String> ids) {
        static final String DONE = "done";
        /** Nothing was done, and another server may do it. */
        static final String NO_LEADER = "no leader";
        static final String UNFIT = "unfit";
        static final String REFUSED = "refused";

        static Answer done() {
            return new Answer(DONE, "", Duration.ZERO, 0, List.of(), List.of());
        }

        static Answer not(String outcome, String reason) {
            return new Answer(outcome, reason, Duration.ZERO, 0, List.of(), List.of());
        }

        static Answer of(ServerApi.Heartbeat heartbeat) {
            return new Answer(DONE, "", heartbeat.ttl(), heartbeat.index(), List.of(), List.of());
        }

        static Answer of(long index, List<Allocation> allocations) {
            return new Answer(DONE, "", Duration.ZERO, index, allocations, List.of());
        }

        static Answer of(List<String> ids) {
            return new Answer(DONE, "", Duration.ZERO, 0, List.of(), ids);
        }
    }

    /** Whether only the leader can answer: it keeps the time, and decides by the newest state. */
    default boolean isForLeader() {
        return switch (this) {
            case Register q -> true;
            case Status q -> true;
            case Events q -> true;
            case Reports q -> true;
            case Services q -> true;
            case NoServices q -> true;
            case Pull q -> false;
            case ServicesOf q -> false;
            case One q -> false;
        };
    }

    default byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(getClass().getSimpleName());
            out.write(Json.write(this));
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        }
        return bytes.toByteArray();
    }

    static NodeQuestion of(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.readUnsignedByte();
        String name = in.readUTF();
        Class<?> type = version == VERSION ? Kinds.BY_NAME.get(name) : null;
        if (type == null) {
            throw new IOException("a node's question \"" + name + "\" of version " + version + " is not known; a newer version sent it");
        }
        return (NodeQuestion) Json.read(type, in.readAllBytes(), Json.Unknown.IGNORE);
    }

    /** The questions by their names. */
    final class Kinds {
        private static final Map<String, Class<?>> BY_NAME = Stream.of(NodeQuestion.class.getPermittedSubclasses())
                .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));

        private Kinds() {}
    }
}
