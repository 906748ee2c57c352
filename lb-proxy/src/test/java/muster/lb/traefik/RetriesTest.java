package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import muster.lb.fabio.RunningFabio;
import muster.lb.proxy.OpenVertx;
import muster.lb.proxy.SocketTarget;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** An outage is not multiplied: whatever fails, retries are a share of the requests and no more. */
class RetriesTest {
    private static final int REQUESTS = 300;
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();

    /** Plan: a service that hangs up on every request is asked 300 times; it sees them, a hundred saved up, and a fifth on top. */
    @Test
    void aServiceThatHangsUpIsNotAskedManyTimesMore() throws Exception {
        try (RunningTraefik traefik = new RunningTraefik(VERTX); SocketTarget target = new SocketTarget((head, in, out) -> false)) {
            traefik.register("web", target.port(), "http.routers.web.rule=PathPrefix(`/`)");
            assertThat(asked(traefik.port("http"), target, 502)).isLessThanOrEqualTo(REQUESTS + 100 + REQUESTS / 5 + 2);
        }
    }

    @Test
    void norInFabiosDialectWhereTheShareIsSet() throws Exception {
        try (RunningFabio fabio = new RunningFabio(VERTX, "-proxy.retry.share", "0", "-proxy.eject.failures", "0");
                SocketTarget target = new SocketTarget((head, in, out) -> false)) {
            fabio.register("web", target.port(), "urlprefix-/");
            assertThat(asked(fabio.port(), target, 502)).isEqualTo(REQUESTS);
        }
    }

    /** How many requests the target saw of those that were sent once it was routed. */
    private static int asked(int port, SocketTarget target, int status) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
            Eventually.holds("it is routed", () -> client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == status);
            int before = target.heads().size();
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(status);
            }
            return target.heads().size() - before;
        }
    }
}
