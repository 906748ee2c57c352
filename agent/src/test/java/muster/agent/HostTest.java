package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.spi.InetAddressResolverProvider;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class HostTest {
    @Test
    void aProcessIsOlderThanNothingAndYoungerThanItsMachine() {
        assertThat(Host.uptime()).isBetween(Duration.ZERO, Duration.ofDays(365));
        assertThat(Host.name()).isNotBlank().doesNotContainAnyWhitespaces();
    }

    @Test
    void namesAreLookedUpByTheJdk() {
        assertThat(ServiceLoader.load(InetAddressResolverProvider.class).findFirst().orElseThrow()).isInstanceOf(BuiltinNames.class);
    }
}
