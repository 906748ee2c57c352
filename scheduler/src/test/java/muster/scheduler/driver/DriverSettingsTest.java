package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriverSettingsTest {
    private static DriverSettings with(Map<String, String> options) {
        return new DriverSettings(true, Map.of(), options, Map.of());
    }

    @ParameterizedTest(name = "{0} = \"{1}\" leaves {2}")
    @CsvSource(delimiter = '|', textBlock = """
            other            |              | raw_exec exec java docker mock_driver
            driver.allowlist | exec, docker | exec docker
            driver.whitelist | java         | java
            driver.denylist  | raw_exec     | exec java docker mock_driver
            driver.blacklist | docker,java  | raw_exec exec mock_driver
            driver.allowlist | ghost        | ''
            """)
    void theOperatorSaysWhichDriversThereAre(String option, String value, String left) {
        Drivers drivers = Drivers.of(with(Map.of(option, value == null ? "" : value)));
        assertThat(String.join(" ", drivers.all().stream().map(Driver::name).toList())).isEqualTo(left);
        drivers.close();
    }

    @ParameterizedTest(name = "{0} as {1} with {2} = \"{3}\": refused is {4}")
    @CsvSource(delimiter = '|', textBlock = """
            exec     | root          | other               |        | true
            java     | Administrator | other               |        | true
            exec     | www           | other               |        | false
            exec     | ''            | other               |        | false
            raw_exec | root          | other               |        | false
            docker   | root          | other               |        | false
            exec     | root          | user.denylist       | www    | false
            exec     | www           | user.denylist       | www,me | true
            exec     | root          | user.denylist       |        | false
            exec     | www           | user.blacklist      | www    | true
            docker   | root          | user.checked_drivers | docker | true
            exec     | root          | user.checked_drivers | docker | false
            """)
    void someUsersAreNotForTasks(String driver, String user, String option, String value, boolean refused) {
        assertThat(with(Map.of(option, value == null ? "" : value)).isRefused(driver, user)).isEqualTo(refused);
    }

    @Test
    void whatIsWrongWithATaskIsToldTogether() {
        Drivers drivers = Drivers.of(with(Map.of("user.checked_drivers", "raw_exec")));
        TaskLaunch launch = new TaskLaunch("web", Map.of("bogus", "a\0b"), Map.of("A=B", "x"), Path.of("/a/web"),
                new TaskLaunch.LogTarget(Path.of("/a/alloc/logs"), 1, 1), TaskLaunch.Owner.NONE,
                new TaskGrants("root", TaskGrants.Limits.NONE, List.of(), List.of(), message -> {}));
        assertThat(drivers.problems(drivers.named("raw_exec").orElseThrow(), launch)).containsExactly(
                "environment variable \"A=B\": a name must not be empty, nor hold = or NUL",
                "config.bogus holds a NUL character, which ends a text for programs",
                "running as user \"root\" is disallowed",
                "Invalid label: No argument or block type is named \"bogus\".",
                "Missing required argument: The argument \"command\" is required, but no definition was found.");
        drivers.close();
    }
}
