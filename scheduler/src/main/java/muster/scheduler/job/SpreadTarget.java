package muster.scheduler.job;

/** The share, in percent, that one value of the attribute is to have. */
public record SpreadTarget(
        int percent,
        String value) {
    public SpreadTarget {
        value = Values.text(value);
    }
}
