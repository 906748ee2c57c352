package muster.template.watch;

import java.time.Duration;
import muster.template.dependency.ApiDependency;
import muster.template.dependency.Dependency;

/**
 * How long a list that suddenly became empty is still shown as it was before.
 *
 * @param services for instances of services
 * @param others for keys and other lists
 */
public record EmptyHold(Duration services, Duration others) {
    public static final EmptyHold NONE = new EmptyHold(Duration.ZERO, Duration.ZERO);
    /** Unless a template says otherwise: all of a service's instances gone at once is more often a fault than a wish. */
    public static final EmptyHold DEFAULT = new EmptyHold(Duration.ofSeconds(10), Duration.ZERO);

    public EmptyHold {
        if (services.isNegative() || others.isNegative()) {
            throw new IllegalArgumentException("empty_hold must not be negative");
        }
    }

    /** As a template states it: for all lists; zero is off. */
    public static EmptyHold of(Duration all) {
        return new EmptyHold(all, all);
    }

    /** For this dependency. */
    public Duration of(Dependency<?> dependency) {
        boolean service = dependency instanceof Dependency.Service || dependency instanceof ApiDependency.Read read && read.isService();
        return service ? services : others;
    }
}
