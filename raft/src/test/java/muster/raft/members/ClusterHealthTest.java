package muster.raft.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterHealthTest {
    private static Cluster.Health health(String node, boolean leads, long index) {
        return new Cluster.Health(new Cluster.Server(node, node, node + ":8300", leads), "alive", Optional.of(Duration.ofMillis(10)), 1, index, true, 0);
    }

    @Test
    void who_lacks_more_of_the_log_than_the_rules_allow_is_not_well() {
        List<Cluster.Health> servers = List.of(health("a", true, 1_000), health("b", false, 750), health("c", false, 749), health("d", false, 1_001));
        assertThat(Cluster.behindAtMost(250, servers)).extracting(Cluster.Health::healthy).containsExactly(true, true, false, true);
    }

    @Test
    void without_a_leader_nobody_is_behind() {
        List<Cluster.Health> servers = List.of(health("a", false, 1_000), health("b", false, 1));
        assertThat(Cluster.behindAtMost(0, servers)).isEqualTo(servers);
    }
}
