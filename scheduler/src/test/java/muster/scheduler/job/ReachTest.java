package muster.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which nodes a job may be placed on by their datacenter and pool. */
class ReachTest {
    @ParameterizedTest(name = "{0} in {1}: a node of {2} in {3} is within it: {4}")
    @CsvSource({
        "dc1, default, dc1, default, true",
        "dc1, default, dc2, default, false",
        "dc1, default, dc1, gpu, false",
        "dc1, gpu, dc1, gpu, true",
        "dc1, all, dc1, gpu, true",
        "dc1, all, dc2, gpu, false",
        "*, default, anything, default, true",
        "eu-*, default, eu-west, default, true",
        "eu-*, default, eu, default, false",
        "*-west, default, eu-west, default, true",
        "e*-*t, default, eu-west, default, true",
        "ab*ba, default, aba, default, false",
        "a*b*c, default, abc, default, true",
        "a*b*bc, default, abc, default, false"})
    void aNodeIsWithinReachByDatacenterAndPool(String datacenter, String pool, String nodeDatacenter, String nodePool, boolean within) {
        assertThat(new Reach(List.of("elsewhere", datacenter), pool).covers(nodeDatacenter, nodePool)).isEqualTo(within);
    }
}
