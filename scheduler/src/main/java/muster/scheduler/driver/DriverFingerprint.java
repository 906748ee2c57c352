package muster.scheduler.driver;

import java.util.Map;

/**
 * What a driver found on this machine.
 *
 * @param detected whether it can run here at all
 * @param healthy whether it can run now
 * @param description {@code Healthy}, or why it is not, with the remedy
 * @param attributes further node attributes, by full name, besides {@code driver.NAME}; those of names that begin with {@code driver.} are told with
 *        the driver's state too
 */
public record DriverFingerprint(boolean detected, boolean healthy, String description, Map<String, String> attributes) {
    public DriverFingerprint {
        attributes = Map.copyOf(attributes);
    }

    static DriverFingerprint usable() {
        return new DriverFingerprint(true, true, "Healthy", Map.of());
    }

    static DriverFingerprint absent(String why) {
        return new DriverFingerprint(false, false, why, Map.of());
    }
}
