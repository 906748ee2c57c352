package muster.registry.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.client.HealthCheck;
import muster.registry.client.Query;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PurePartsTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "127.0.0.1:8500, http://127.0.0.1:8500",
        "consul.test, http://consul.test:8500",
        "http://consul.test, http://consul.test:80",
        "HTTPS://consul.test/, https://consul.test:443",
        "https://consul.test:8501, https://consul.test:8501",
        "[::1]:8500, http://[::1]:8500",
    })
    void addresses(String text, String url) {
        assertThat(AgentAddress.parse(text).url()).isEqualTo(url);
    }

    @ParameterizedTest(name = "{0} is refused: {1}")
    @CsvSource({
        "unix:///run/consul.sock, sockets of the file system can't be used",
        "ftp://consul.test, the scheme ftp is unknown",
        "http://, Expected authority",
        "consul.test:99999, port 99999 is not between 1 and 65535",
        "http://user:pw@consul.test, more than a host and a port",
        "http://consul.test/path, more than a host and a port",
        "consul test:8500, Illegal character",
    })
    void unusable_addresses(String text, String why) {
        assertThatThrownBy(() -> AgentAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"")
                .hasMessageContaining(why)
                .hasMessageContaining("give host:port");
    }

    @Test
    void keys_keep_their_slashes_and_everything_else_is_escaped() {
        assertThat(QueryPath.key("a/b c/ü?#%+&")).isEqualTo("a/b%20c/%C3%BC%3F%23%25%2B%26");
        assertThat(QueryPath.segment("a/b")).isEqualTo("a%2Fb");
    }

    @Test
    void datacenters_take_no_parameters() {
        assertThat(QueryPath.of(new Query.Datacenters(), "dc2", 7, Duration.ofMinutes(1))).isEqualTo("/v1/catalog/datacenters");
    }

    @Test
    void an_index_of_64_bits_is_sent_unsigned() {
        assertThat(QueryPath.of(new Query.Nodes("", Query.Scope.LOCAL), "", -1, Duration.ofSeconds(10)))
                .isEqualTo("/v1/catalog/nodes?index=18446744073709551615&wait=10000ms");
    }

    @Test
    void retries_double_with_chance_up_to_their_limit_and_start_again_after_an_answer() {
        SeededRandom.rounds(50, random -> {
            Pauses pauses = new Pauses(HttpRegistrySettings.Pace.DEFAULT, random);
            long full = 100;
            for (int i = 0; i < 60; i++) {
                assertThat(pauses.afterFailure()).isBetween(Duration.ofMillis(full / 2), Duration.ofMillis(full));
                full = Math.min(full * 2, 30_000);
            }
            pauses.afterAnswer(0);
            assertThat(pauses.afterFailure()).isLessThanOrEqualTo(Duration.ofMillis(100));
        });
    }

    @Test
    void a_burst_of_answers_is_not_held_back_but_a_flood_is() {
        Pauses pauses = new Pauses(HttpRegistrySettings.Pace.DEFAULT, SeededRandom.of(1));
        long now = -5;
        for (int i = 0; i < 8; i++) {
            assertThat(pauses.afterAnswer(now)).isZero();
        }
        assertThat(pauses.afterAnswer(now)).isEqualTo(Duration.ofMillis(50));
        now += Duration.ofMillis(50).toNanos();
        assertThat(pauses.afterAnswer(now)).isEqualTo(Duration.ofMillis(50));
        now += Duration.ofMinutes(1).toNanos();
        assertThat(pauses.afterAnswer(now)).isZero();
    }

    @Test
    void a_sparse_answer_of_an_old_server_is_read() {
        ServiceInstance instance = Answers.of(new Query.HealthService("web", List.of(), false, "", Query.Scope.LOCAL), """
                [{"Node":{"Node":"n","Address":"10.0.0.1","Unknown":{"x":[1]}},"Service":{"ID":"web","Service":"web","Tags":null,
                  "TaggedAddresses":{"lan":{"Address":"10.0.0.2","Port":7}}},"Checks":null}]
                """.getBytes(StandardCharsets.UTF_8), 1, new ListMemory()).getFirst();
        assertThat(instance.effectiveAddress()).isEqualTo("10.0.0.1");
        assertThat(instance.weights()).isEqualTo(ServiceInstance.Weights.DEFAULT);
        assertThat(instance.taggedAddresses()).containsEntry("lan", new ServiceInstance.TaggedAddress("10.0.0.2", 7));
        assertThat(instance.status()).isEqualTo(HealthCheck.Status.PASSING);
    }

    @Test
    void an_unknown_node_is_null() {
        assertThat(Answers.of(new Query.NodeServices("n", Query.Scope.LOCAL), "null".getBytes(StandardCharsets.UTF_8), 1,
                new ListMemory())).isEmpty();
    }

    @Test
    void a_registration_says_all_a_check_can() {
        ServiceRegistration registration = new ServiceRegistration("w1", "web", List.of("a"), "", 80, Map.of(),
                ServiceInstance.Weights.DEFAULT, false, List.of(
                        new ServiceRegistration.Check("c", "alive", new ServiceRegistration.Probe.Http("http://x/", "POST",
                                Map.of("Host", List.of("h")), "b", true, Duration.ofSeconds(1), Duration.ZERO),
                                Optional.of(HealthCheck.Status.PASSING), 2, 3, Optional.of(Duration.ofMinutes(2)))));
        String body = new String(Registrations.body(registration), StandardCharsets.UTF_8);
        assertThat(body).contains("\"CheckID\":\"c\"", "\"HTTP\":\"http://x/\"", "\"Method\":\"POST\"",
                "\"Header\":{\"Host\":[\"h\"]}", "\"Body\":\"b\"", "\"TLSSkipVerify\":true", "\"Interval\":\"1s\"",
                "\"Status\":\"passing\"", "\"SuccessBeforePassing\":2", "\"FailuresBeforeCritical\":3",
                "\"DeregisterCriticalServiceAfter\":\"2m0s\"").doesNotContain("Timeout");
    }
}
