package muster.checks;

/** Looks at one thing, once. Blocks, so it belongs on a virtual thread; an interrupt ends it. */
public interface Runner {
    /** What was found; a thing that can't be reached is an outcome, not an exception. */
    Outcome run() throws InterruptedException;
}
