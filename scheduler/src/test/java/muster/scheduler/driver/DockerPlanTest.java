package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DockerPlanTest {
    record Case(String name, Map<String, Object> plugin, Map<String, Object> config, List<String> problems) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        Map<String, Object> none = Map.of();
        return List.of(
                new Case("an image is enough", none, Map.of("image", "redis:6"), List.of()),
                new Case("what the docs show", none, Map.of("image", "redis:6", "ports", List.of("db"), "labels", List.of(Map.of("a", "b")),
                        "logging", List.of(Map.of("type", "json-file", "config", List.of(Map.of("max-size", "10m")))),
                        "auth", List.of(Map.of("username", "u", "password", "p")), "volumes", List.of("local/a:/a", "local/b:/b:ro"),
                        "mount", List.of(Map.of("type", "tmpfs", "target", "/t", "tmpfs_options", List.of(Map.of("size", 1000L))))), List.of()),
                new Case("every unknown key and wrong type at once", none, Map.of("number", 42L, "privileged", "maybe", "mount", List.of(Map.of("typ", "bind"))),
                        List.of("mount: Invalid label: No argument or block type is named \"typ\".",
                                "mount: Missing required argument: The argument \"target\" is required, but no definition was found.",
                                "Invalid label: No argument or block type is named \"number\".",
                                "Incorrect attribute value type: Inappropriate value for attribute \"privileged\": bool required.",
                                "Missing required argument: The argument \"image\" is required, but no definition was found.")),
                new Case("everything that is not allowed at once", none, Map.of("image", "x", "privileged", true, "cap_add", List.of("SYS_ADMIN"),
                        "ports", List.of("nope"), "volumes", List.of("/etc:/e", "../../x:/y", "z"), "ulimit", List.of(Map.of("nofile", "many")),
                        "mount", List.of(Map.of("type", "volume", "source", "v", "target", "/v"))),
                        List.of("Docker privileged mode is disabled on this Nomad agent",
                                "driver does not allow the following capabilities: sys_admin",
                                "Port \"nope\" not found, check network stanza",
                                "volumes are not enabled; cannot mount host paths: \"/etc\"",
                                "volumes are not enabled; cannot mount host paths: \"../../x\"",
                                "invalid docker volume: \"z\": it must be SOURCE:TARGET or SOURCE:TARGET:MODE",
                                "volumes are not enabled; cannot mount volume: \"v\"",
                                "ulimit \"nofile\" must be SOFT or SOFT:HARD, got \"many\"")),
                new Case("what the operator allows", Map.of("allow_privileged", true, "allow_caps", List.of("all"),
                        "volumes", List.of(Map.of("enabled", true))),
                        Map.of("image", "x", "privileged", true, "cap_add", List.of("SYS_ADMIN"), "volumes", List.of("/etc:/e:ro")), List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void tellsAllThatIsWrongWithAConfig(Case given) {
        TaskLaunch launch = new TaskLaunch("web", given.config(), Map.of(), Path.of("/data/alloc/a/web"),
                new TaskLaunch.LogTarget(Path.of("/data/alloc/a/alloc/logs"), 1, 1), TaskLaunch.Owner.NONE,
                new TaskGrants("", TaskGrants.Limits.NONE, List.of(new TaskGrants.PortGrant("db", "127.0.0.1", 20000, 6379)), List.of(), message -> {}));
        assertThat(DockerKeys.PLUGIN.problems(given.plugin())).isEmpty();
        assertThat(new DockerPlan(new Config(given.plugin()), launch).problems()).containsExactlyInAnyOrderElementsOf(given.problems());
    }

    @Test
    void knowsWhereATaskListensInItsContainer() {
        TaskGrants grants = new TaskGrants("", TaskGrants.Limits.NONE, List.of(new TaskGrants.PortGrant("db", "127.0.0.1", 20000, 6379),
                new TaskGrants.PortGrant("same", "127.0.0.1", 20001, 0), new TaskGrants.PortGrant("old", "127.0.0.1", 20002, 0)), List.of(), message -> {});
        TaskLaunch launch = new TaskLaunch("web", Map.of("image", "x", "ports", List.of("db", "same"), "port_map", List.of(Map.of("old", 80L))), Map.of(),
                Path.of("/data/alloc/a/web"), new TaskLaunch.LogTarget(Path.of("/data/alloc/a/alloc/logs"), 1, 1), TaskLaunch.Owner.NONE, grants);
        assertThat(new DockerPlan(new Config(Map.of()), launch).inside()).isEqualTo(Map.of("db", 6379, "same", 20001, "old", 80));
    }

    @ParameterizedTest(name = "{0} has tag \"{1}\" and is of {2}")
    @CsvSource(delimiter = '|', textBlock = """
            redis                       | latest | https://index.docker.io/v1/
            redis:6                     | 6      | https://index.docker.io/v1/
            library/redis:6             | 6      | https://index.docker.io/v1/
            registry.test:5000/a/b      | latest | registry.test:5000
            registry.test:5000/a/b:1.0  | 1.0    | registry.test:5000
            a@sha256:0123               | ''     | https://index.docker.io/v1/
            """)
    void readsNamesOfImages(String image, String tag, String registry) {
        assertThat(DockerImages.tag(image)).isEqualTo(tag);
        assertThat(DockerAuth.registry(image)).isEqualTo(registry);
    }
}
