namespace Engine.Mbufs.Bench;

/// <summary>One kind of question to the suite, by the first word of the command line.</summary>
/// <param name="Name">That word.</param>
/// <param name="Summary">What it answers, in one line of the help page.</param>
/// <param name="Run">Answers it with the other arguments; the result is the exit code.</param>
internal sealed record Verb(string Name, string Summary, Func<string[], int> Run);
