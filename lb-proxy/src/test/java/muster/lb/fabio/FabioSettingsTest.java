package muster.lb.fabio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import muster.lb.choose.Strategy;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Listener.Protocol;
import muster.lb.route.PathMatcher;
import muster.registry.client.HealthCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FabioSettingsTest {
    @Test
    void theDefaultsAreFabios() {
        FabioConfig config = FabioConfig.defaults();
        assertThat(shown(config)).containsExactly(":9999 http");
        assertThat(config.proxy().choosing().strategy()).isEqualTo(Strategy.RANDOM);
        assertThat(config.proxy().choosing().hold()).isZero();
        assertThat(config.proxy().matcher()).isEqualTo(PathMatcher.PREFIX);
        assertThat(config.proxy().noRouteStatus()).isEqualTo(404);
        assertThat(config.proxy().connections().dialTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.consul().kvPath()).isEqualTo("fabio/config");
        assertThat(config.consul().statuses()).isEqualTo(Set.of(HealthCheck.Status.PASSING));
        assertThat(config.ui()).isEqualTo(new FabioConfig.Ui("", 9998, true, "", "light-green"));
        assertThat(config.register().isEnabled()).isTrue();
        assertThat(config.notes()).isEmpty();
    }

    @Test
    void flagsWinOverTheEnvironmentAndThatOverTheFile() {
        String file = "# comment\nproxy.addr = 127.0.0.1:1,:2;proto=tcp\nproxy.strategy = rr\nui.title = file\nui.color = blue\n";
        FabioConfig config = FabioSettings.read(List.of("-ui.title", "flag", "--proxy.noroutestatus=503", "-insecure"),
                Map.of("FABIO_UI_TITLE", "environment", "ui_color", "red"), "f.properties", file).config().orElseThrow();
        assertThat(shown(config)).containsExactly("127.0.0.1:1 http", ":2 tcp");
        assertThat(config.proxy().choosing().strategy()).isEqualTo(Strategy.ROUND_ROBIN);
        assertThat(config.proxy().noRouteStatus()).isEqualTo(503);
        assertThat(config.ui().title()).isEqualTo("flag");
        assertThat(config.ui().color()).isEqualTo("red");
    }

    record Refused(List<String> args, String problem, int exit) {}

    static Stream<Refused> refused() {
        return Stream.of(
                new Refused(List.of("-proxy.matcher", "regex"), "invalid proxy.matcher: regex", 1),
                new Refused(List.of("-proxy.addr", ":1;cs=nosuch"), "unknown certificate source \"nosuch\"", 1),
                new Refused(List.of("-ui.access", "all"), "invalid ui.access: all", 1),
                new Refused(List.of("-proxy.gzip.contenttype", "("), "invalid expression for content types: (", 1),
                new Refused(List.of("-proxy.shutdownwait", "soon"), "invalid value \"soon\" for flag -proxy.shutdownwait", 2),
                new Refused(List.of("-no.such", "x"), "flag provided but not defined: -no.such", 2),
                new Refused(List.of("-ui.title"), "flag needs an argument: -ui.title", 2),
                new Refused(List.of("-proxy.addr", ":1;proto=https"), "proto 'https' requires cert source", 1),
                new Refused(List.of("-proxy.addr", ":1;pxyprot=true"), "proxy.addr: unknown option \"pxyprot\", did you mean pxyproto?", 1),
                new Refused(List.of("-proxy.addr", ":1;clientmaxconn=0"), "proxy.addr: clientmaxconn=0 is no number of connections: one or more is right", 1),
                new Refused(List.of("-proxy.strategy", "best"), "invalid proxy.strategy: best", 1),
                new Refused(List.of("-proxy.auth", "name=a;type=magic"),
                        "unknown auth type 'magic' of the scheme a: basic or external", 1),
                new Refused(List.of("-proxy.addr", "9999"), "proxy.addr: \"9999\" is no address: :PORT or HOST:PORT is right", 1));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aWrongFlagIsRefusedInFabiosWords(Refused c) {
        FabioSettings settings = FabioSettings.read(c.args(), Map.of(), "", "");
        assertThat(settings.problems()).containsExactly(c.problem());
        assertThat(settings.exit()).isEqualTo(c.exit());
    }

    @Test
    void allProblemsOfAFileAreToldAtOnce() {
        assertThat(FabioSettings.read(List.of(), Map.of(), "f", "a = 1\nproxy.dialtimeout = soon\n\nb = 2").problems()).containsExactly(
                "f:1: unknown key a", "f:4: unknown key b", "f:2: invalid value \"soon\" for flag -proxy.dialtimeout");
    }

    /** Plan: one listener of each kind, with options; what to open follows from them. */
    @Test
    void listenersAndCertificateSourcesAreRead() {
        FabioConfig config = FabioSettings.read(List.of(
                "-proxy.cs", "cs=one;type=file;cert=a.pem;key=b.pem;clientca=ca.pem,cs=many;type=path;cert=tls;refresh=10s",
                "-proxy.addr", ":1;cs=one;tlsmin=tls12;strictmatch=true,:2;proto=tcp+sni,:3;proto=https+tcp+sni;cs=many,:4;pxyproto=true,"
                        + ":5;proto=prometheus,0.0.0.0:0;proto=tcp-dynamic;refresh=1s,:6;proto=grpc;rt=5s;it=1m;maxconn=500;clientmaxconn=20"), Map.of(), "", "").config().orElseThrow();
        List<Optional<Listener>> listeners = config.proxy().listeners().stream().map(FabioConfig.Listen::listener).toList();
        Listener.Tls tls = listeners.get(0).orElseThrow().tls().orElseThrow();
        assertThat(tls.certificates())
                .isEqualTo(new Listener.CertificateSource.Files(Path.of("a.pem"), Path.of("b.pem"), Duration.ofSeconds(3)));
        assertThat(tls.terms().minVersion()).isEqualTo("TLSv1.2");
        assertThat(tls.isStrict()).isTrue();
        assertThat(config.proxy().listeners().getFirst().clientCa()).isEqualTo("ca.pem");
        assertThat(listeners.get(2).orElseThrow().tls().orElseThrow().certificates())
                .isEqualTo(new Listener.CertificateSource.Folder(Path.of("tls"), Duration.ofSeconds(10)));
        assertThat(listeners.get(3).orElseThrow().proxyHeader().orElseThrow().timeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(listeners.get(4)).isEmpty();
        assertThat(listeners.get(5)).isEmpty();
        assertThat(listeners.get(6).orElseThrow().limits().readTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(listeners.get(6).orElseThrow().limits().maxConnections()).isEqualTo(500);
        assertThat(listeners.get(6).orElseThrow().limits().maxConnectionsPerClient()).isEqualTo(20);
        assertThat(listeners).flatExtracting(listener -> listener.map(Listener::protocol).stream().toList()).containsExactly(
                Protocol.HTTPS, Protocol.TCP_SNI, Protocol.HTTPS_TCP_SNI, Protocol.HTTP, Protocol.GRPC);
    }

    @Test
    void authSchemesAreRead() {
        FabioConfig config = FabioSettings.read(List.of("-proxy.auth", "name=staff;type=basic;file=users;realm=in house;refresh=5s,"
                + "name=asked;type=external;endpoint=http://127.0.0.1:1/ask;set-auth-headers=X-User"), Map.of(), "", "").config().orElseThrow();
        assertThat(config.proxy().auth()).containsOnly(
                Map.entry("staff", new FabioConfig.Auth.Basic(Path.of("users"), "in house", Duration.ofSeconds(5))),
                Map.entry("asked", new FabioConfig.Auth.External("http://127.0.0.1:1/ask", List.of("X-User"), List.of())));
    }

    @Test
    void settingsWithoutEffectAreNoted() {
        assertThat(FabioSettings.read(List.of("-runtime.gogc", "50"), Map.of(), "", "").config().orElseThrow().notes())
                .containsExactly("runtime.gogc has no effect here (flag -runtime.gogc)");
    }

    private static List<String> shown(FabioConfig config) {
        return config.proxy().listeners().stream().map(listen -> listen.host() + ":" + listen.port() + " " + listen.protocol()).toList();
    }
}
