package dev.migrator.pg.internal.plan;

/**
 * What the sync function does about rows of the type that the table had before EXPAND. In a transaction that began before it, a
 * trigger of the table's own may still make such rows ({@code jsonb_populate_record}), and so takes the new columns away. The
 * marker tells: its default is another one for the rows that were there, and for whoever does not know it, than for an INSERT.
 */
final class OldRowType {
    private OldRowType() {}

    /** The statements that give the new columns back what they had: their default, or the row's value before the UPDATE. */
    static String giveBack(TableWork work) {
        String marker = work.names().marker().quoted();
        StringBuilder text = new StringBuilder();
        text.append("  IF NEW." + marker + " IS NULL THEN\n");
        text.append("    NEW." + marker + " := CASE WHEN TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN '"
                + Integer.MIN_VALUE + "'::pg_catalog.int4 ELSE OLD." + marker + " END;\n");
        work.mappings().stream().filter(Mapping::hasTwinDefaults).forEach(mapping -> text.append(ofNulls(mapping)));
        text.append("  END IF;\n");
        text.append("  IF NEW." + marker + " OPERATOR(pg_catalog.=) 0 THEN\n");
        text.append("    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN\n");
        for (NewColumn column : work.newColumns()) {
            column.defaultBefore().ifPresent(value -> text.append("      NEW.")
                    .append(column.work().quoted())
                    .append(" := ")
                    .append(value)
                    .append(";\n"));
        }
        text.append("    ELSIF " + Sql.anyBit("OLD." + marker, 1) + " THEN\n");
        text.append("      NEW." + marker + " := OLD." + marker + ";\n");
        for (NewColumn column : work.newColumns()) {
            String name = column.work().quoted();
            text.append("      NEW." + name + " := OLD." + name + ";\n");
        }
        return text.append("    END IF;\n  END IF;\n").toString();
    }

    /** Of two columns whose default stands for "not given", one that a whole row made NULL was not given. */
    private static String ofNulls(Mapping mapping) {
        NewColumn fresh = mapping.fresh().get(0);
        OldColumn old = mapping.old().get(0);
        String newSide = "NEW." + fresh.work().quoted();
        String oldSide = "NEW." + old.name().quoted();
        return "    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN\n      IF " + newSide + " IS NULL THEN " + newSide
                + " := "
                + fresh.defaultBefore().orElseThrow() + ";\n      ELSIF " + oldSide + " IS NULL THEN " + oldSide
                + " := "
                + old.info().defaultValue().orElseThrow() + "; END IF;\n    END IF;\n";
    }
}
