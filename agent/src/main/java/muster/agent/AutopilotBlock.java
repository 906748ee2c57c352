package muster.agent;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.wire.GoDuration;

/**
 * The block {@code autopilot} of Nomad's files, into the settings that Consul's files fill as well: an agent of both has one log.
 * (Nomad agent configuration: autopilot) Pure but for these.
 */
final class AutopilotBlock {
    private static final Set<String> SWITCHES =
            Set.of("cleanup_dead_servers", "enable_redundancy_zones", "disable_upgrade_migration", "enable_custom_upgrades");
    private static final Set<String> TIMES = Set.of("last_contact_threshold", "server_stabilization_time");
    private static final Set<String> NUMBERS = Set.of("max_trailing_logs", "min_quorum");

    private AutopilotBlock() {}

    /** @param place where the block stands, as the beginning of a message */
    static void take(String place, Map<String, Object> block, Settings settings) {
        block.forEach((name, value) -> {
            Optional<Object> read;
            if (SWITCHES.contains(name)) {
                read = Optional.ofNullable(value).filter(Boolean.class::isInstance);
            } else if (TIMES.contains(name)) {
                read = GoDuration.tryParse(String.valueOf(value)).filter(time -> !time.isNegative()).map(Object.class::cast);
            } else if (NUMBERS.contains(name)) {
                read = Optional.ofNullable(value).filter(Number.class::isInstance);
            } else {
                settings.problem(place + "invalid config key autopilot." + name);
                return;
            }
            read.ifPresentOrElse(found -> settings.set("autopilot." + name, found), () -> settings.problem(
                    place + "autopilot." + name + " has another kind of value than it is written with (found \"" + value + "\")"));
        });
    }

    /** What holds in the files of both, once all are read. */
    static void check(Settings settings) {
        for (String name : NUMBERS.stream().sorted().toList()) {
            int number = settings.number("autopilot." + name, 0);
            if (number < 0) {
                settings.problem("autopilot." + name + " cannot be " + number + ". Must be greater than or equal to zero");
            }
        }
    }
}
