namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>A cache's words, and who is in it.</summary>
/// <param name="Claim">A state of <see cref="Protocol"/>, with the number of the owner.</param>
/// <param name="Owner">The thread that opened it last.</param>
/// <param name="Asked">Somebody asked for its items.</param>
/// <param name="Limits">Floor and ceiling: 1 if they are raised.</param>
/// <param name="IsExplicit">It has an owner, and nobody else may enter it.</param>
/// <param name="Items">What its magazines hold.</param>
/// <param name="Inside">Who works with the magazines: no word of the engine.</param>
internal sealed record Cache(Word Claim, Word Owner, Word Asked, Word Limits, Word IsExplicit, Word Items, Word Inside);
