package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import muster.registry.client.HealthCheck;
import org.junit.jupiter.api.Test;

class TraefikSettingsTest {
    private static final String TOML = """
            [entryPoints]
              [entryPoints.http]
              address = ":8080"
              [entryPoints.traefik]
              address = "127.0.0.1:8081"
            [api]
            dashboard = true
            insecure = true
            [providers.consulCatalog]
            prefix = "hello-world-lb"
            exposedByDefault = false
            refreshInterval = "1s"
            strictChecks = ["passing"]
            constraints = "Tag(`a`) && !TagRegex(`^private-`)"
            [providers.consulCatalog.endpoint]
            address = "127.0.0.1:8501"
            scheme = "http"
            """;
    private static final String YAML = """
            entryPoints:
              http:
                address: ":8080"
              traefik:
                address: "127.0.0.1:8081"
            api:
              dashboard: true
              insecure: true
            providers:
              consulCatalog:
                prefix: hello-world-lb
                exposedByDefault: false
                refreshInterval: 1s
                strictChecks: [passing]
                constraints: "Tag(`a`) && !TagRegex(`^private-`)"
                endpoint:
                  address: "127.0.0.1:8501"
                  scheme: http
            """;
    private static final List<String> FLAGS = List.of("--entryPoints.http.address=:8080", "--entrypoints.traefik.address=127.0.0.1:8081",
            "--api.dashboard=true", "--api.insecure", "--providers.consulcatalog.prefix=hello-world-lb",
            "--providers.consulcatalog.exposedByDefault=false", "--providers.consulcatalog.refreshInterval=1s",
            "--providers.consulcatalog.strictchecks=passing", "--providers.consulcatalog.constraints=Tag(`a`) && !TagRegex(`^private-`)",
            "--providers.consulcatalog.endpoint.address=127.0.0.1:8501", "--providers.consulcatalog.endpoint.scheme=http");

    @Test
    void tomlYamlAndFlagsSayTheSame() {
        for (TraefikSettings read : List.of(TraefikSettings.read(List.of(), "t.toml", TOML), TraefikSettings.read(List.of(), "t.yaml", YAML),
                TraefikSettings.read(FLAGS, "", ""))) {
            assertThat(read.problems()).isEmpty();
            TraefikConfig config = read.config().orElseThrow();
            assertThat(config.notes()).isEmpty();
            assertThat(config.entryPoints()).extracting(e -> e.name() + " " + e.address() + " " + e.host() + " " + e.port() + " " + e.protocol())
                    .containsExactly("http :8080  8080 tcp", "traefik 127.0.0.1:8081 127.0.0.1 8081 tcp");
            assertThat(config.api()).isEqualTo(new TraefikConfig.Api(true, true, true, ""));
            TraefikConfig.Provider provider = config.provider().orElseThrow();
            assertThat(provider.prefix()).isEqualTo("hello-world-lb");
            assertThat(provider.isExposedByDefault()).isFalse();
            assertThat(provider.address()).isEqualTo("127.0.0.1:8501");
            assertThat(provider.statuses()).isEqualTo(Set.of(HealthCheck.Status.PASSING));
            assertThat(provider.constraint().test(List.of("a"))).isTrue();
            assertThat(provider.constraint().test(List.of("a", "private-x"))).isFalse();
        }
    }

    @Test
    void allProblemsAreToldAtOnceWithTheirLines() {
        String toml = "[entryPoints.web]\naddress = \"nowhere\"\n[api]\ninsecure = \"maybe\"\ncolour = 1\n[providers.consulCatalog]\nprefx = \"a\"\n";
        assertThat(TraefikSettings.read(List.of(), "t.toml", toml).problems()).hasSize(4)
                .anyMatch(problem -> problem.equals("t.toml:5: unknown key api.colour"))
                .anyMatch(problem -> problem.equals("t.toml:7: unknown key providers.consulCatalog.prefx"))
                .anyMatch(problem -> problem.contains("entryPoints.web.address"))
                .anyMatch(problem -> problem.contains("api.insecure"));
    }

    @Test
    void settingsWithoutEffectAreNoted() {
        TraefikSettings read = TraefikSettings.read(List.of("--tracing.addinternals=x", "--entryPoints.web.address=:80"), "", "");
        assertThat(read.config().orElseThrow().notes()).containsExactly("tracing.addinternals has no effect here (flag --tracing.addinternals)");
    }

    @Test
    void aDefaultRuleMayDependOnTheService() {
        DefaultRule rule = new DefaultRule("{{ if index .Labels `traefik.host` -}} Host(`{{ index .Labels \"traefik.host\" }}`){{ else if hasPrefix \"api-\" .Name }}"
                + "PathPrefix(`/{{ trimPrefix \"api-\" .Name }}`){{ else }}Host(`{{ .Name }}.{{ ternary \"a\" \"b\" (eq .Name \"x\" \"y\") }}.test`){{ end }}");
        assertThat(rule.of("web", java.util.Map.of("traefik.host", "h.test"))).isEqualTo("Host(`h.test`)");
        assertThat(rule.of("api-cart", java.util.Map.of())).isEqualTo("PathPrefix(`/cart`)");
        assertThat(rule.of("y", java.util.Map.of())).isEqualTo("Host(`y.a.test`)");
        assertThat(rule.of("web", java.util.Map.of())).isEqualTo("Host(`web.b.test`)");
        for (String wrong : java.util.List.of("{{ if .Name }}x", "{{ end }}", "{{ if nope }}{{ end }}", "{{ else }}", "{{ if }}{{ end }}")) {
            assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> new DefaultRule(wrong));
        }
    }

    @Test
    void theDefaultRuleNamesTheService() {
        assertThat(DefaultRule.TRAEFIK.of("_Dev__web.One", java.util.Map.of())).isEqualTo("Host(`Dev-web-One`)");
        assertThat(new DefaultRule("Host(`{{ .Name }}.{{ index .Labels \"traefik.domain\" }}`)").of("a.b", java.util.Map.of("traefik.domain", "d")))
                .isEqualTo("Host(`a.b.d`)");
    }
}
