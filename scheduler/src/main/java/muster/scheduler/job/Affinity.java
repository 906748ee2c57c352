package muster.scheduler.job;

/** A preference for nodes; the weight is -100 to 100, not 0. */
public record Affinity(
        String lTarget,
        String operand,
        String rTarget,
        Integer weight) {
    public Affinity {
        lTarget = Values.text(lTarget);
        operand = Values.text(operand);
        rTarget = Values.text(rTarget);
    }
}
