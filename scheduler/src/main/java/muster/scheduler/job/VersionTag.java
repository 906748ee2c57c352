package muster.scheduler.job;

/**
 * A name for a version of a job, which is kept for as long as it has one (API page "Jobs": tags of versions).
 *
 * @param taggedTime in nanoseconds since 1970
 */
public record VersionTag(String description, String name, long taggedTime) {
    public VersionTag {
        description = Values.text(description);
        name = Values.text(name);
    }
}
