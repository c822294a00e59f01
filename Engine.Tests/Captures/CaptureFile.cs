using Engine.Mbufs.Wire;

namespace Engine.Mbufs.Tests.Captures;

/// <summary>A capture of a folder and what is known of it, or the reason why there is none where one was promised.</summary>
/// <param name="Name">The file's, or that of a folder with a problem.</param>
/// <param name="Path">Where the capture is; null if there is a problem.</param>
/// <param name="Index">The row of index.tsv: name, format, linktype, packets, frame_bytes, captured_bytes and more.</param>
/// <param name="TruthPath">Where the table with a row for each frame is.</param>
/// <param name="Problem">What is missing; null for a capture.</param>
/// <param name="IsPromised">Somebody named the folder: what is missing is a failure, and else a test to be skipped.</param>
public sealed record CaptureFile(string Name, string? Path, TabRow? Index, string? TruthPath, string? Problem, bool IsPromised)
{
    /// <summary>A row for each frame: frame.number, frame.len, frame.cap_len and fields of the headers.</summary>
    public IReadOnlyList<TabRow> Truth() => TabRow.Load(TruthPath!);

    /// <summary>Opens the capture.</summary>
    public MbufCaptureReader Open() => new(File.OpenRead(Path!));

    public override string ToString() => Name;
}
