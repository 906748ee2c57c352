package muster.scheduler.job;

/** A condition that a node has to meet. */
public record Constraint(
        String lTarget,
        String operand,
        String rTarget) {
    public Constraint {
        lTarget = Values.text(lTarget);
        operand = Values.text(operand);
        rTarget = Values.text(rTarget);
    }

    /** As the scheduler names it in metrics: target, operand and value as far as they are there. */
    public String text() {
        return lTarget + " " + operand + " " + rTarget;
    }
}
