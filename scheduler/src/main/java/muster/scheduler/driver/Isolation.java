package muster.scheduler.driver;

/** What of the machine's files a task sees. */
public enum Isolation {
    /** All of them: its folders have the names that the agent knows. */
    NONE,
    /** Its own folder as root, with the system's programs in it; its folders are {@code /alloc}, {@code /local}, {@code /secrets}. */
    CHROOT,
    /** An image; its folders are as with {@link #CHROOT}, and nothing of the agent's environment is handed on. */
    IMAGE
}
