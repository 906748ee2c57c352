package muster.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import muster.scheduler.job.Values;
import muster.wire.Key;

/**
 * What jobs, variables, services and volumes are parted into (API page: namespaces).
 *
 * @param capabilities which drivers its jobs may use; null for all
 * @param hash of what it says, for those who compare
 * @param quota a name only: quotas are not enforced
 */
public record Namespace(@Key(omitNull = true) Capabilities capabilities, long createIndex, String description, String hash,
        @Key(omitEmpty = true) Map<String, String> meta, long modifyIndex, String name, String quota) {
    public static final String DEFAULT_NAME = "default";

    /** The one that is always there. */
    public static final Namespace DEFAULT = named(DEFAULT_NAME, "Default shared namespace").at(1, null);

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-]{1,128}");
    private static final int MAX_DESCRIPTION = 256;

    /** Drivers that jobs may use; of two lists the one that forbids holds. */
    public record Capabilities(List<String> disabledTaskDrivers, List<String> enabledTaskDrivers) {
        boolean allows(String driver) {
            return !Values.orEmpty(disabledTaskDrivers).contains(driver)
                    && (Values.orEmpty(enabledTaskDrivers).isEmpty() || enabledTaskDrivers.contains(driver));
        }
    }

    public Namespace {
        description = Values.text(description);
        hash = Values.text(hash);
        name = Values.text(name);
        quota = Values.text(quota);
    }

    public static Namespace named(String name, String description) {
        return new Namespace(null, 0, description, "", null, 0, name, "");
    }

    /** All that is wrong with it, in the original's words. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (!NAME.matcher(name).matches()) {
            faults.add("invalid name \"" + name + "\". Must match regex ^[a-zA-Z0-9-]{1,128}$");
        }
        if (description.length() > MAX_DESCRIPTION) {
            faults.add("description longer than " + MAX_DESCRIPTION);
        }
        return faults;
    }

    /** Whether its jobs may use a driver. */
    public boolean allowsDriver(String driver) {
        return capabilities == null || capabilities.allows(driver);
    }

    /** As stored at this index in the place of an older one; null where there is none. */
    Namespace at(long index, Namespace old) {
        return new Namespace(capabilities, old == null ? index : old.createIndex, description, Blake2b.of(name, description, quota),
                meta, index, name, quota);
    }
}
