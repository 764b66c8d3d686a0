/** JDBC, spoken the way the invariants need it: whole transactions in one message, errors by class, names as data. */
@NullMarked
package dev.migrator.pg.internal.sql;

import org.jspecify.annotations.NullMarked;
