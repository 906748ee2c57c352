package muster.scheduler.driver;

import java.util.ArrayList;
import java.util.List;

/** The drivers of a node, in the order in which they are shown. */
public record Drivers(List<Driver> all) {
    public Drivers {
        all = List.copyOf(all);
    }

    /** Those of a node: raw_exec where the operator (or dev mode) allows it. */
    public static Drivers of(boolean rawExecEnabled) {
        List<Driver> list = new ArrayList<>();
        list.add(new RawExec(rawExecEnabled));
        return new Drivers(list);
    }

    /** The driver that a job file names. */
    public java.util.Optional<Driver> named(String name) {
        return all.stream().filter(driver -> driver.name().equals(name)).findFirst();
    }
}
