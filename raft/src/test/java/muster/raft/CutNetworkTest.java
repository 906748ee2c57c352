package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import muster.raft.Texts.Recorder;
import muster.testkit.Eventually;
import muster.testkit.FreePorts;
import muster.testkit.faults.Relay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers whose network swallows what they send, without ending a connection. */
@Timeout(240)
class CutNetworkTest {
    private static final int PORT = FreePorts.one();
    private static final int ROUNDS = Integer.getInteger("rounds", 4);

    @TempDir
    Path folder;

    private final List<Server> servers = new ArrayList<>();

    /** A server that the others reach through a relay at an address of its own. */
    private final class Server implements AutoCloseable {
        final InetAddress own;
        final Relay relay;
        final RatisLogGroup group;
        final ReplicatedLog<String, String> log;

        Server(int number) throws Exception {
            own = InetAddress.getByName("127.0.66." + (number + 1));
            InetSocketAddress front = new InetSocketAddress("127.0.67." + (number + 1), PORT);
            relay = new Relay(front, new InetSocketAddress(own, PORT));
            group = RatisLogGroup.clustered(folder.resolve("server-" + number), new ClusterSettings(own.getHostAddress() + ":" + PORT,
                    Optional.of(front.getHostString() + ":" + PORT), Sockets.plain(Optional.of(own)), Optional.of("cluster secret"),
                    Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofSeconds(4)), LogSizes.DEFAULT);
            log = group.attach("a", Texts.CODEC, new Recorder());
            servers.add(this);
            group.start();
        }

        @Override
        public void close() {
            relay.close();
            group.close();
        }
    }

    @AfterEach
    void closeAll() {
        servers.forEach(Server::close);
    }

    private void cut(Server apart) throws Exception {
        for (Server server : servers) {
            Set<InetAddress> held = new HashSet<>();
            for (Server other : servers) {
                if (apart != null && (server == apart) != (other == apart)) {
                    held.add(other.own);
                }
            }
            server.relay.hold(held);
        }
    }

    /** Plan: cut off whoever leads; the others go on; mend; the one that led follows and writes again. Several times. */
    @Test
    void a_leader_that_is_cut_off_is_replaced_and_comes_back() throws Exception {
        for (int i = 0; i < 3; i++) {
            new Server(i);
        }
        List<Member> members = servers.stream().map(server -> server.group.self()).toList();
        servers.forEach(server -> server.group.begin(members));
        for (int round = 0; round < ROUNDS; round++) {
            Server leader = Eventually.value("a leader", () -> servers.stream().filter(server -> server.group.isLeader()).findFirst());
            List<Server> others = servers.stream().filter(server -> server != leader).toList();
            cut(leader);
            Eventually.passes("the others go on", () -> others.getFirst().log.propose("without it").get(10, TimeUnit.SECONDS));
            Eventually.holds("it knows that it leads no more", () -> !leader.group.isLeader());
            cut(null);
            Eventually.passes("it is one of them again", () -> leader.log.propose("with it").get(10, TimeUnit.SECONDS));
            for (Server server : servers) {
                Eventually.passes("each is", () -> server.group.current(ReadMode.QUORUM).get(10, TimeUnit.SECONDS));
            }
            assertThat(IntStream.range(0, 3).mapToLong(i -> servers.get(i).group.appliedIndex()).distinct().count()).isOne();
        }
    }
}
