namespace Engine.Mbufs.Bench.Report;

/// <summary>What a file of results is, whichever verb wrote it.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Machine">Where they come from.</param>
/// <param name="Command">What they were made with.</param>
/// <param name="Outcome">How it ended, for a verb that judges.</param>
internal sealed record ResultRoot<TRow>(
    List<TRow> Rows, ResultMachine? Machine = null, string? Command = null, string? Outcome = null);
