package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TrainingServersTest {
    /** Plan: three servers in this process; a leader; writes on each; the leader goes; some of all writes were answered. */
    @Test
    @Timeout(240)
    void threeServersTakeWrites() throws Exception {
        try (TrainingServers servers = new TrainingServers()) {
            assertThat(servers.run()).isPositive();
        }
    }
}
