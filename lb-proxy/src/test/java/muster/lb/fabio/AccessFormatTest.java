package muster.lb.fabio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Dispatcher.Ended;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.Meter;
import muster.lb.exchange.RequestHead;
import muster.lb.route.TargetUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AccessFormatTest {
    private static final Ended ENDED = new Ended(
            new RequestHead("GET", "/a?b=c", "h.test", new HeaderList().add("User-Agent", "agent\n1"),
                    new RequestHead.Peer("1.2.3.4", 55, "127.0.0.1", 80, false, "http"), 1),
            Optional.of(new Attempt(TargetUrl.parse("http://10.0.0.1:81/"), "web", "", false, "/x?b=c",
                    new HeaderList().add("Host", "inner.test"), new Meter())),
            200, 7, Duration.ofNanos(1_234_567));

    record Case(String format, String line) {}

    static Stream<Case> cases() {
        return Stream.of(
                new Case("common", "1.2.3.4 - - [02/Jan/2026:03:04:05 +0000] \"GET /a?b=c HTTP/1.1\" 200 7"),
                new Case("combined", "1.2.3.4 - - [02/Jan/2026:03:04:05 +0000] \"GET /a?b=c HTTP/1.1\" 200 7 \"\" \"agent?1\""),
                new Case("$remote_addr $request_args $request_host $request_url", "1.2.3.4:55 b=c inner.test http://h.test/a?b=c"),
                new Case("$response_time_ms $response_time_us $response_time_ns", "0.001 0.001234 0.001234567"),
                new Case("$time_rfc3339_ms $time_unix_us", "2026-01-02T03:04:05.006Z 1767323045006000"),
                new Case("$upstream_addr $upstream_request_url $upstream_service", "10.0.0.1:81 http://10.0.0.1:81/x?b=c web"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFormatMakesALine(Case c) {
        assertThat(AccessFormat.parse(c.format()).line(ENDED, Instant.parse("2026-01-02T03:04:05.006Z"))).isEqualTo(c.line());
    }

    @Test
    void aFieldThereIsNotIsNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> AccessFormat.parse("$nothing")).withMessage("there is no field $nothing");
    }
}
