package dev.migrator.plan;

import dev.migrator.Phase;
import java.util.List;
import java.util.Set;

/**
 * One small change, the unit that runs exactly once and that is recorded with what it did.
 *
 * @param phase the phase to which it belongs
 * @param ordinal its place in the whole plan, from 1; steps run in this order and are undone in the opposite one
 * @param operation the operations that it serves, as key paths of the file, e.g. {@code operations[0].renameColumn}
 * @param title what it does, for people
 * @param action how it is done
 * @param undo how it is taken back, planned and recorded together with it
 * @param doneWhen a query of one boolean, true when the step has been done; empty where the action tells by itself
 * @param effects what it means for live releases
 * @param makes what exists after it
 * @param removes what is gone after it
 */
public record Step(
        Phase phase,
        int ordinal,
        List<String> operation,
        String title,
        Action action,
        Action undo,
        String doneWhen,
        Set<Effect> effects,
        List<Artifact> makes,
        List<Artifact> removes) {

    /** Copies the collections. */
    public Step {
        operation = List.copyOf(operation);
        effects = Set.copyOf(effects);
        makes = List.copyOf(makes);
        removes = List.copyOf(removes);
    }

    /** The locks that the step takes forward; empty for actions that take none worth naming. */
    public List<TableLock> locks() {
        return locksOf(action);
    }

    /** The locks that an action takes. */
    public static List<TableLock> locksOf(Action action) {
        if (action instanceof Action.Transaction transaction) {
            return transaction.locks();
        } else if (action instanceof Action.Scan scan) {
            return scan.locks();
        } else if (action instanceof Action.BuildIndex build) {
            return List.of(new TableLock(build.table(), LockMode.SHARE_UPDATE_EXCLUSIVE));
        } else if (action instanceof Action.DropIndex drop) {
            return List.of(new TableLock(drop.table(), LockMode.SHARE_UPDATE_EXCLUSIVE));
        } else if (action instanceof Action.Backfill backfill) {
            return List.of(new TableLock(backfill.table(), LockMode.ROW_EXCLUSIVE));
        } else if (action instanceof Action.CatchUp catchUp) {
            return catchUp.locks();
        } else if (action instanceof Action.Compare compare) {
            return List.of(new TableLock(compare.table(), LockMode.ACCESS_SHARE));
        }
        return List.of();
    }
}
