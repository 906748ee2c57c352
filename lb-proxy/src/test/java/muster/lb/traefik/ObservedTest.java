package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import muster.lb.proxy.DeadPort;
import muster.lb.proxy.OpenVertx;
import muster.lb.proxy.SocketTarget;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who hears of requests: the access log as JSON, the metrics, and neither of them where a router says so. */
class ObservedTest {
    @AutoClose
    private static final OpenVertx VERTX = new OpenVertx();
    @TempDir
    private Path folder;
    @AutoClose
    private final SocketTarget target = SocketTarget.saying("served");
    @AutoClose
    private RunningTraefik traefik;

    @BeforeEach
    void start() {
        traefik = new RunningTraefik(VERTX, "--metrics.prometheus.addRoutersLabels=true", "--accesslog.format=json",
                "--accesslog.filepath=" + folder.resolve("access"), "--accesslog.fields.headers.names.Content-Length=keep",
                "--accesslog.fields.headers.names.X-Secret=redact");
    }

    @Test
    void aRequestThatWentToASecondServerSaysSo() throws Exception {
        try (DeadPort dead = new DeadPort()) {
            traefik.register("web", target.port(), "http.routers.web.rule=PathPrefix(`/web`)");
            traefik.register("web", dead.port(), "http.routers.web.rule=PathPrefix(`/web`)");
            traefik.register("sound", target.port(), "http.routers.sound.rule=PathPrefix(`/sound`)");
            Eventually.holds("both are shown", () -> at("traefik", "/api/http/services/web@consulcatalog").contains(":" + dead.port() + "\""));
            Eventually.holds("the other is shown", () -> at("traefik", "/api/http/services/sound@consulcatalog").contains(":" + target.port() + "\""));
            // Which of the two servers is asked first hangs on their ports: the dead one has its turn with the first or with the second request, or with both.
            assertThat(List.of(at("http", "/web/1"), at("http", "/web/2"), at("http", "/sound"))).containsOnly("served");
            Eventually.passes("the lines are written", () -> assertThat(lines("")).hasSize(3));
            assertThat(lines("sound@consulcatalog")).hasSize(1).allSatisfy(line -> assertThat(line).contains("\"RetryAttempts\":0"));
            List<String> again = lines("\"RetryAttempts\":1");
            assertThat(again).isNotEmpty().allSatisfy(line -> assertThat(line).contains("\"OriginDuration\":",
                    "\"downstream_Content-Length\":\"6\"", "\"request_X-Secret\":\"REDACTED\"", "\"RouterName\":\"web@consulcatalog\"").doesNotContain("hidden"));
            Eventually.passes("they are counted", () -> assertThat(at("traefik", "/metrics")).contains("traefik_service_retries_total{service=\"web@consulcatalog\"} " + again.size() + "\n",
                    "traefik_router_requests_total{code=\"200\",method=\"GET\",protocol=\"http\",router=\"web@consulcatalog\",service=\"web@consulcatalog\"} 2\n"));
            assertThat(at("traefik", "/metrics").replaceAll("(?s).*last_reload_success (\\d+).*", "$1")).hasSize(10);
        }
    }

    @Test
    void aRouterMayAskNotToBeObserved() throws Exception {
        traefik.register("quiet", target.port(), "http.routers.quiet.rule=Path(`/quiet`)", "http.routers.quiet.observability.accesslogs=false",
                "http.routers.quiet.observability.metrics=false");
        traefik.register("loud", target.port(), "http.routers.loud.rule=Path(`/loud`)", "http.routers.loud.observability.metrics=false");
        Eventually.passes("they are there", () -> assertThat(at("http", "/loud") + at("http", "/quiet")).isEqualTo("servedserved"));
        Eventually.passes("the line is written", () -> assertThat(Files.readString(folder.resolve("access"))).contains("loud@consulcatalog"));
        assertThat(Files.readString(folder.resolve("access"))).doesNotContain("quiet@consulcatalog");
        assertThat(at("traefik", "/metrics")).doesNotContain("quiet@consulcatalog").doesNotContain("loud@consulcatalog");
    }

    /** The lines of the access log with a text in them. */
    private List<String> lines(String text) throws Exception {
        return Files.readString(folder.resolve("access")).lines().filter(line -> line.contains(text)).toList();
    }

    private String at(String entryPoint, String path) throws Exception {
        return traefik.send(HttpRequest.newBuilder(traefik.uri(entryPoint, path)).header("X-Secret", "hidden")).body();
    }
}
