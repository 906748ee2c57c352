package muster.scheduler.diff;

/** How something differs; in the order in which differences of one name are listed. */
public enum DiffType {
    EDITED("Edited"), ADDED("Added"), DELETED("Deleted"), NONE("None");

    private final String word;

    DiffType(String word) {
        this.word = word;
    }

    /** Nomad's word. */
    @Override
    public String toString() {
        return word;
    }

    /** For two values of which at most one is absent. */
    static DiffType of(boolean before, boolean after, boolean equal) {
        return !before ? ADDED : !after ? DELETED : equal ? NONE : EDITED;
    }
}
