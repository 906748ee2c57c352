package muster.lb.fabio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import muster.lb.route.PathMatcher;
import muster.registry.client.HealthCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FabioSettingsTest {
    @Test
    void theDefaultsAreFabios() {
        FabioConfig config = FabioConfig.defaults();
        assertThat(config.proxy().listeners()).containsExactly(new FabioConfig.Listen("", 9999, "http", Map.of()));
        assertThat(config.proxy().strategy()).isEqualTo("rnd");
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
        assertThat(config.proxy().listeners()).containsExactly(
                new FabioConfig.Listen("127.0.0.1", 1, "http", Map.of()), new FabioConfig.Listen("", 2, "tcp", Map.of()));
        assertThat(config.proxy().strategy()).isEqualTo("rr");
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

    @Test
    void settingsWithoutEffectAreNoted() {
        assertThat(FabioSettings.read(List.of("-proxy.cs", "cs=a;type=file"), Map.of(), "", "").config().orElseThrow().notes())
                .containsExactly("proxy.cs has no effect here (flag -proxy.cs)");
    }
}
