package muster.raft;

/**
 * When a log is snapshotted and how much of it stays.
 *
 * @param snapshotAfter bytes of applied entries after which the next snapshot is taken
 * @param segment bytes of a log file, after which the next one begins; the log is purged by whole files
 * @param kept entries that stay in the log although a snapshot covers them
 */
record LogSizes(long snapshotAfter, int segment, int kept) {
    static final LogSizes DEFAULT = new LogSizes(16 << 20, 4 << 20, 4_096);
}
