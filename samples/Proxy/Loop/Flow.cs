namespace Proxy;

/// <summary>How far one direction of a connection came in a turn.</summary>
internal enum Flow
{
    /// <summary>All that could be done was done; the next event says when there is more.</summary>
    Settled,

    /// <summary>The turn's share is used up and there is more.</summary>
    MoreToDo,

    /// <summary>The arena had no memory; nothing was lost.</summary>
    Starved,

    /// <summary>The socket that is read from failed; what it had delivered before was passed on.</summary>
    SourceFailed,

    /// <summary>The socket that is written to failed; what was meant for it is lost with it.</summary>
    SinkFailed,
}
